# SPDX-License-Identifier: GPL-2.0-or-later
# Helper for the tests of causes, by their names in libiommuctl/cause-table.c. Sourced by the bats files.
# shellcheck shell=bash

# told OPTION...: does the commands on the standard input in one process. One with "ROW | REASON | "
# in front fails for that reason, a pattern; the others do not fail.
told()
{
    local line reason i=0 failed=0 lines answers

    mapfile -t lines
    mapfile -t answers < <(printf '%s\n' "${lines[@]##* | }" | "$IOMMUCTL" "$@" batch --keep-going - 2>/dev/null |
        jq -r '"\(.status) \(.errors[0] // "done")\([.hints[] | " hint: \(.)"] | join(""))"')
    for line in "${lines[@]}"; do
        reason=' done'
        if [[ $line == *' | '* ]]; then
            line=${line#* | }
            reason=": ${line%% | *}"
        fi
        # shellcheck disable=SC2053 # a pattern
        if [[ ${answers[i]-} != *$reason && ${answers[i]-} != *$reason' hint: '* ]]; then
            echo "not '${line% | *}' but: ${answers[i]-}"
            failed=1
        fi
        ((++i))
    done
    return "$failed"
}
