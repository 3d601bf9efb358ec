# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bash asks iommuctl itself what can stand where the cursor is. Where nothing can, it offers files.

_iommuctl() {
	local -a words
	local typed candidate

	# readline cuts words at : and =, as in 0000:00:1f.0 and cap=: they are taken from the line,
	# and of each candidate what stands before the piece being completed ($2) is left out
	# shellcheck disable=SC2162 # a backslash quotes here as it does on the line
	read -a words <<<"${COMP_LINE:0:COMP_POINT}"
	[[ ${COMP_LINE:0:COMP_POINT} == *[[:blank:]] ]] && words+=("")
	typed=${words[-1]%"$2"}
	COMPREPLY=()
	while IFS=$'\t' read -r candidate _; do
		[[ $candidate == "$typed"?* ]] && COMPREPLY+=("${candidate#"$typed"}")
	done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
	[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
	return 0
}

complete -o dirnames -o default -F _iommuctl iommuctl
