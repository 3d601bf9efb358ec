# SPDX-License-Identifier: GPL-2.0-or-later
# fish asks iommuctl itself what can stand where the cursor is. Where nothing can, it offers
# files.

function __iommuctl_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines ($words[1] complete -- $words[2..] $word 2>/dev/null)

    if set -q lines[1]
        printf '%s\n' $lines
    else
        __fish_complete_path $word
    end
end

complete -c iommuctl -f -a '(__iommuctl_complete)'
