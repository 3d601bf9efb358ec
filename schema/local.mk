# SPDX-License-Identifier: GPL-2.0-or-later
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = \
	%D%/calls.json \
	%D%/batch.json \
	%D%/compat.json \
	%D%/container.json \
	%D%/device.json \
	%D%/fault-queue.json \
	%D%/group.json \
	%D%/hw-queue.json \
	%D%/hwpt.json \
	%D%/ioas.json \
	%D%/iommu.json \
	%D%/iova.json \
	%D%/kernel.json \
	%D%/option.json \
	%D%/plan-file.json \
	%D%/plan.json \
	%D%/region.json \
	%D%/register.json \
	%D%/session.json \
	%D%/snapshot.json \
	%D%/topology.json \
	%D%/vdevice.json \
	%D%/veventq.json \
	%D%/viommu.json
