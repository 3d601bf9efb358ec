# SPDX-License-Identifier: LGPL-2.1-or-later
include_HEADERS = %D%/iommuctl.h
pkgconfig_DATA = %D%/libiommuctl.pc

# What the unit tests link: the library with its internals visible.
noinst_LTLIBRARIES = libcore.la
libcore_la_SOURCES = \
	%D%/abi/iommufd.h \
	%D%/abi/vfio.h \
	%D%/archive-calls.c \
	%D%/archive-calls.h \
	%D%/ask.c \
	%D%/ask.h \
	%D%/call-table.c \
	%D%/call.c \
	%D%/call.h \
	%D%/cause-bind.c \
	%D%/cause-hwpt.c \
	%D%/cause-map.c \
	%D%/cause-memory.c \
	%D%/cause-object.c \
	%D%/cause-range.c \
	%D%/cause-range.h \
	%D%/cause-table.c \
	%D%/cause-table.h \
	%D%/cause-vfio.c \
	%D%/cause-viommu.c \
	%D%/cause.c \
	%D%/cause.h \
	%D%/chain-capability.c \
	%D%/chain-firmware.c \
	%D%/chain-function.c \
	%D%/chain-iommu.c \
	%D%/chain-path.c \
	%D%/chain.c \
	%D%/chain.h \
	%D%/compat.c \
	%D%/compat.h \
	%D%/condition.c \
	%D%/container-cause.c \
	%D%/container-info.c \
	%D%/container-map.c \
	%D%/container.c \
	%D%/container.h \
	%D%/context.c \
	%D%/device.c \
	%D%/dirty-walk.c \
	%D%/dirty.c \
	%D%/dirty.h \
	%D%/feature-order.c \
	%D%/feature.c \
	%D%/fit.c \
	%D%/format.c \
	%D%/group.c \
	%D%/holder-node.c \
	%D%/holder.c \
	%D%/holder.h \
	%D%/hw-info.c \
	%D%/hwpt.c \
	%D%/internal.h \
	%D%/io.c \
	%D%/ioas.c \
	%D%/iommu-log.c \
	%D%/iommu.c \
	%D%/iommufd.c \
	%D%/kernel-probe.c \
	%D%/iort.c \
	%D%/iort.h \
	%D%/keeper-answer.c \
	%D%/keeper-tear-down.c \
	%D%/keeper.c \
	%D%/keeper.h \
	%D%/kernel.c \
	%D%/known.c \
	%D%/known.h \
	%D%/layout-conflict.c \
	%D%/layout.c \
	%D%/layout.h \
	%D%/limits.c \
	%D%/log-forms.c \
	%D%/log-match.c \
	%D%/log-read.c \
	%D%/log-root.c \
	%D%/log.c \
	%D%/log.h \
	%D%/membership.c \
	%D%/model-amd.c \
	%D%/model-other.c \
	%D%/model-smmu-v3.c \
	%D%/model-smmu.c \
	%D%/model-virtio.c \
	%D%/model-vtd.c \
	%D%/object-kind.c \
	%D%/object.c \
	%D%/order.c \
	%D%/pack.c \
	%D%/pack.h \
	%D%/parse.c \
	%D%/paths.h \
	%D%/pci.c \
	%D%/pci.h \
	%D%/probe-table.c \
	%D%/probe.c \
	%D%/probe.h \
	%D%/profile-table.c \
	%D%/profile.c \
	%D%/profile.h \
	%D%/queue.c \
	%D%/range-set.c \
	%D%/record.c \
	%D%/record.h \
	%D%/redact.c \
	%D%/redact.h \
	%D%/scrub.c \
	%D%/scrub.h \
	%D%/register-amd.c \
	%D%/register-dart.c \
	%D%/register-pci.c \
	%D%/register-riscv.c \
	%D%/register-smmu-v3.c \
	%D%/register-smmu.c \
	%D%/register-virtio.c \
	%D%/register-vtd.c \
	%D%/register.c \
	%D%/registry.c \
	%D%/registry.h \
	%D%/session-entry.c \
	%D%/session-list.c \
	%D%/session-object.c \
	%D%/session-packet.c \
	%D%/session-path.c \
	%D%/session-path.h \
	%D%/session-protocol.h \
	%D%/session.c \
	%D%/session.h \
	%D%/snapshot.c \
	%D%/spapr.c \
	%D%/topology.c \
	%D%/trace.c \
	%D%/units.c \
	%D%/usable.c \
	%D%/verdict.c \
	%D%/vevent.c \
	%D%/vfio-group-cause.c \
	%D%/vfio-group.c \
	%D%/vfio-info.c \
	%D%/vfio.c \
	%D%/viommu.c \
	%D%/unpack.c \
	%D%/vfs.c \
	%D%/vfs.h
libcore_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%
libcore_la_CFLAGS = $(AM_CFLAGS) $(UDEV_CFLAGS) $(ARCHIVE_CFLAGS)
libcore_la_LIBADD = $(UDEV_LIBS)

lib_LTLIBRARIES = libiommuctl.la
libiommuctl_la_SOURCES =
libiommuctl_la_LIBADD = libcore.la
libiommuctl_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined \
	-version-info $(LIBIOMMUCTL_VERSION) \
	-Wl,--version-script=$(srcdir)/%D%/libiommuctl.sym
EXTRA_libiommuctl_la_DEPENDENCIES = $(srcdir)/%D%/libiommuctl.sym
EXTRA_DIST += %D%/libiommuctl.sym
