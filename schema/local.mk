# SPDX-License-Identifier: GPL-2.0-or-later
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = \
	%D%/calls.json \
	%D%/compat.json \
	%D%/device.json \
	%D%/group.json \
	%D%/iommu.json \
	%D%/iova.json \
	%D%/kernel.json \
	%D%/region.json \
	%D%/register.json \
	%D%/snapshot.json \
	%D%/topology.json
