# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS = \
	%D%/iommuctl.1 \
	%D%/iommuctl-batch.1 \
	%D%/iommuctl-compat.1 \
	%D%/iommuctl-container.1 \
	%D%/iommuctl-device.1 \
	%D%/iommuctl-fault-queue.1 \
	%D%/iommuctl-group.1 \
	%D%/iommuctl-hw-queue.1 \
	%D%/iommuctl-hwpt.1 \
	%D%/iommuctl-ioas.1 \
	%D%/iommuctl-iommu.1 \
	%D%/iommuctl-iova.1 \
	%D%/iommuctl-kernel.1 \
	%D%/iommuctl-option.1 \
	%D%/iommuctl-plan.1 \
	%D%/iommuctl-region.1 \
	%D%/iommuctl-register.1 \
	%D%/iommuctl-session.1 \
	%D%/iommuctl-snapshot.1 \
	%D%/iommuctl-topology.1 \
	%D%/iommuctl-vdevice.1 \
	%D%/iommuctl-veventq.1 \
	%D%/iommuctl-viommu.1 \
	%D%/libiommuctl.3 \
	%D%/iommuctl-json.5 \
	%D%/iommuctl-plan.5 \
	%D%/iommuctl.7 \
	%D%/iommuctl-registers.7

# Prints iommuctl-registers.7, which is committed: no build needs to run this.
noinst_PROGRAMS = man/gen-registers
man_gen_registers_SOURCES = %D%/gen-registers.c
man_gen_registers_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
man_gen_registers_LDADD = libiommuctl.la

update-manual: man/gen-registers$(EXEEXT)
	$(AM_V_GEN)man/gen-registers$(EXEEXT) >$(srcdir)/%D%/iommuctl-registers.7
.PHONY: update-manual
