# SPDX-License-Identifier: GPL-2.0-or-later
# bash looks for a file named after the command.
zshcomp_DATA = %D%/_iommuctl
fishcomp_DATA = %D%/iommuctl.fish
EXTRA_DIST += %D%/iommuctl.bash $(zshcomp_DATA) $(fishcomp_DATA)

install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(bashcompdir)"
	$(INSTALL_DATA) $(srcdir)/%D%/iommuctl.bash "$(DESTDIR)$(bashcompdir)/iommuctl"

uninstall-local:
	rm -f "$(DESTDIR)$(bashcompdir)/iommuctl"
