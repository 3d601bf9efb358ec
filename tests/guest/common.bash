# SPDX-License-Identifier: GPL-2.0-or-later
# What the host-side scripts of the guest tests share: messages, the cache
# folder, and an apt configuration of their own. Sourced by bash.

# shellcheck disable=SC2034 # for those who source this
guest_dir=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

if [[ ${IOMMUCTL_CACHE-} ]]; then
    cache=$IOMMUCTL_CACHE
elif [[ $EUID == 0 ]]; then
    cache=/var/cache/iommuctl
else
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/iommuctl
fi

# The release whose backports have the newest kernel and QEMU.
newest=trixie

note()
{
    echo "${0##*/}: $*" >&2
}

die()
{
    note "$@"
    exit 1
}

# lacking MESSAGE: for what cannot be done on this machine, as with skipped tests.
lacking()
{
    note "$@"
    exit 77
}

need()
{
    local tool

    for tool; do
        [[ $(command -v "$tool") ]] || lacking "$tool is not installed"
    done
}

# on_exit COMMAND...: ends the jobs and runs that when the script ends, be it by
# a signal.
on_exit()
{
    # shellcheck disable=SC2064 # what it is now
    trap "stop_jobs; $*" EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

stop_jobs()
{
    # shellcheck disable=SC2046 # a list of numbers
    kill $(jobs -p) 2>/dev/null || :
    wait
}

# attend COMMAND...: like COMMAND alone, but a signal does not wait for its end.
attend()
{
    "$@" <&0 &
    wait "$!"
}

# scratch PARENT: makes $work, a folder which vanishes when the script ends.
scratch()
{
    work=$(mktemp -d "$1/iommuctl.XXXXXX")
    on_exit "rm -rf $(printf %q "$work")"
}

# cache_work: takes the cache for this run and makes $work, a folder in it for
# what is not finished yet.
cache_work()
{
    mkdir -p "$cache"
    exec {lock}>"$cache/lock"
    flock -n "$lock" || { note "waiting for another run"; flock "$lock"; }
    # What a run left which was killed.
    rm -rf "$cache"/iommuctl.*
    scratch "$cache"
}

release()
{
    (. /etc/os-release && echo "${VERSION_CODENAME-}")
}

# apt_update ARCHITECTURE: fetches the package lists of this release, of the newest
# one and of their backports into $work, without touching the machine's.
apt_update()
{
    local apt=$work/apt codename suite uri

    codename=$(release)
    # shellcheck disable=SC2016 # the dollars are apt's
    uri=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(RELEASE)' \
              'Created-By: Packages' 'Component: main' |
          awk -v c="$codename" '($2 == c || $3 == c) && !n++ { print $1 }')
    [[ $uri ]] || lacking "apt knows no Debian mirror of ${codename:-this release}"

    mkdir -p "$apt"/{sources,state/lists/partial,cache/archives/partial}
    for suite in {"$codename","$newest"}{,-backports}; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
    done | sort -u >"$apt/sources/debian.list"
    cat >"$apt/conf" <<END
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "$1";
APT::Architectures "$1";
APT::Default-Release "$codename";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::GzipIndexes "true";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "$apt/state";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$apt/sources";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
END
    # A suite which cannot be had leaves the others usable.
    apt-get -c "$apt/conf" -qq update >&2 || note "some package lists are missing"
}

# apt_newest REGEX: the package of the highest version among those named so.
apt_newest()
{
    local names

    names=$(apt-cache -c "$work/apt/conf" --names-only search "$1" | cut -d' ' -f1)
    sort -V <<<"$names" | tail -n 1
}

# apt_field FIELD PACKAGE
apt_field()
{
    apt-cache -c "$work/apt/conf" --no-all-versions show "$2" | sed -n "s/^$1: //p"
}

# apt_depends PACKAGE REGEX: the packages it depends on which are named so.
apt_depends()
{
    apt_field Depends "$1" | tr -d ' ' | tr ',|' '\n' | sed 's/(.*//' | grep -E "$2" || :
}

# apt_unpack FOLDER PACKAGE...: downloads the packages and unpacks them there.
apt_unpack()
{
    mkdir -p "$1.debs"
    (cd "$1.debs" && apt-get -c "$work/apt/conf" -qq download "${@:2}") >&2 ||
        lacking "cannot download ${*:2}"
    unpack_debs "$1" "$1.debs"
}

# apt_unpack_all RELEASE FOLDER PACKAGE...: those of RELEASE, and all that they need.
apt_unpack_all()
{
    mkdir -p "$2.debs/partial"
    apt-get -c "$work/apt/conf" -qq -y -t "$1" -o Debug::NoLocking=1 \
        -o Dir::State::status=/dev/null -o Dir::Cache::Archives="$2.debs" \
        --download-only install "${@:3}" >&2 || lacking "cannot download ${*:3}"
    unpack_debs "$2" "$2.debs"
}

# unpack_debs FOLDER DEBS: also through symbolic links that lead from folder to folder.
unpack_debs()
{
    local deb

    mkdir -p "$1"
    for deb in "$2"/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -C "$1" --keep-directory-symlink -xpf -
    done
    rm -r "$2"
}
