# SPDX-License-Identifier: GPL-2.0-or-later
bin_PROGRAMS = iommuctl/iommuctl
iommuctl_iommuctl_SOURCES = \
	%D%/app.h \
	%D%/attach.h \
	%D%/attrs.h \
	%D%/buffer.c \
	%D%/buffer.h \
	%D%/bytes.c \
	%D%/cmd-batch.c \
	%D%/claim.c \
	%D%/claim.h \
	%D%/borrow.c \
	%D%/borrow.h \
	%D%/cmd-compat.c \
	%D%/cmd-complete.c \
	%D%/cmd-container.c \
	%D%/cmd-device-pasid.c \
	%D%/cmd-device.c \
	%D%/cmd-group.c \
	%D%/cmd-hwpt.c \
	%D%/cmd-ioas.c \
	%D%/cmd-iommu.c \
	%D%/cmd-iova.c \
	%D%/cmd-kernel.c \
	%D%/cmd-option.c \
	%D%/cmd-queue.c \
	%D%/cmd-region.c \
	%D%/cmd-register.c \
	%D%/cmd-session.c \
	%D%/cmd-snapshot-diff.c \
	%D%/cmd-snapshot.c \
	%D%/cmd-topology.c \
	%D%/cmd-viommu.c \
	%D%/command.c \
	%D%/compat-side.c \
	%D%/compat.h \
	%D%/complete-session.c \
	%D%/complete.h \
	%D%/destroy.c \
	%D%/device-attach.c \
	%D%/device-info.c \
	%D%/device-list.c \
	%D%/diff.h \
	%D%/entries.c \
	%D%/entries.h \
	%D%/handover.c \
	%D%/holders.c \
	%D%/hw-info.c \
	%D%/input.c \
	%D%/iommufd.c \
	%D%/main.c \
	%D%/mapping.c \
	%D%/memory.c \
	%D%/message.c \
	%D%/objects.c \
	%D%/objects.h \
	%D%/param.c \
	%D%/param.h \
	%D%/render-compat.c \
	%D%/render-tree.c \
	%D%/render.c \
	%D%/render.h \
	%D%/result.c \
	%D%/run.c \
	%D%/trace.c \
	%D%/session-clear.c \
	%D%/session-run.c \
	%D%/session.h \
	%D%/serve.c \
	%D%/units.c \
	%D%/value.c \
	%D%/why.c \
	%D%/words.c \
	%D%/words.h
iommuctl_iommuctl_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
iommuctl_iommuctl_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(SMARTCOLS_CFLAGS)
iommuctl_iommuctl_LDADD = libiommuctl.la $(JSON_LIBS) $(SMARTCOLS_LIBS)
