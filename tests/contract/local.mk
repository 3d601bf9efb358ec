# SPDX-License-Identifier: GPL-2.0-or-later
contract_tests = \
	%D%/api.bats \
	%D%/causes.bats \
	%D%/completions.bats \
	%D%/install.bats \
	%D%/manual.bats \
	%D%/schema.bats
EXTRA_DIST += \
	$(contract_tests) \
	%D%/contract.bash \
	%D%/plan-mutations \
	%D%/validate
