# SPDX-License-Identifier: GPL-2.0-or-later
exampledir = $(docdir)/examples
dist_example_DATA = \
	%D%/hugetlb.json \
	%D%/nested-smmuv3.json \
	%D%/nested-vtd.json \
	%D%/pasids.json \
	%D%/plain.json \
	%D%/two-devices.json \
	%D%/windows.json
