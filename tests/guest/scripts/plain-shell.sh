#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# plain-shell.sh MEMORY: an iommufd without a session, which is the shell's.
set -euo pipefail

exec 7<>/dev/iommu
iommufd() { iommuctl --iommufd 7 "$@"; }

id=$(iommufd ioas create)
iova=$(iommufd ioas map "$id" --file "$1")
length=$(iommufd ioas map "$id" --memory --length 64K -j | jq '.maps[].length')
other=$(iommufd ioas create)
iommufd ioas copy "$other" --from "$id" --source "$iova" --length 64K >/dev/null
echo "$length $(iommufd ioas unmap "$id" --all) $(iommufd ioas unmap "$other" --all)"
iommufd ioas destroy "$id" "$other"
