#!/usr/bin/env bash
# Miller turns a CSV with the code 01.0205 into JSON that is none, with exit status 0, and refuses to
# read it back. The same zeros before a whole number are put in quotes, and adding 0 to one gives the
# value "(error)", again with exit status 0.
#
# Versions: Miller 6.6.0 (Debian 12: miller 6.6.0-2+b3), amd64, 2026-11-27.
# Miller keeps a number as it was written as long as nothing reckons with it, and writes numbers to
# JSON without quotes. It takes 01.0205 for a number, which JSON forbids. 012345678 it takes for an
# octal number that cannot be one, so that it is text in one place and an error in another.
#
# Output seen:
#   01.0205 as JSON: [ { "code": 01.0205 } ] status 0
#   read back: status 1
#   012345678 as JSON: [ { "code": "012345678" } ] status 0
#   00123 + 0: (error) status 0
set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download --quiet --quiet -o APT::Sandbox::User=root miller=6.6.0-2+b3 2>/dev/null && dpkg-deb --extract miller_*.deb . || exit 1
mlr=usr/bin/mlr
json() {
    printf 'code\n%s\n' "$1" | $mlr --icsv --ojson cat > out.json
    local status=$?
    echo "$1 as JSON: $(tr -s '\n ' ' ' < out.json | sed 's/ $//') status $status"
}
seen=$(
    json 01.0205
    $mlr --json cat out.json > back.json 2>/dev/null
    echo "read back: status $?"
    json 012345678
    printf 'code\n00123\n' | $mlr --icsv --onidx put '$code = $code + 0' > sum.txt
    status=$?
    echo "00123 + 0: $(cat sum.txt) status $status"
)
echo "$seen"
[ "$seen" = '01.0205 as JSON: [ { "code": 01.0205 } ] status 0
read back: status 1
012345678 as JSON: [ { "code": "012345678" } ] status 0
00123 + 0: (error) status 0' ]
