#!/bin/sh
# `check` beside ajv-cli, which only validates the same files against the JSON Schema.
#
#   cargo build --release && cargo bench --bench check -- write FOLDER 1000
#   npm install --prefix ELSEWHERE ajv-cli && PATH="$PATH:ELSEWHERE/node_modules/.bin"
#   benches/beside-ajv.sh FOLDER [ROUNDS]
#
# Prints milliseconds of wall time, each program once in each round, and the medians. Both use as many threads as they like.
set -eu
folder=${1:?give a folder, made by: cargo bench --bench check -- write FOLDER 1000}
rounds=${2:-5}
tabiji=${TABIJI:-target/release/tabiji}
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
"$tabiji" schema >"$work/schema.json"

milliseconds() {
    begun=$(date +%s%N)
    # Findings are no failure of the measurement. Nor is it one that ajv-cli reads unquoted dates as something else than text.
    "$@" >"$work/out" 2>&1 || true
    echo $((($(date +%s%N) - begun) / 1000000))
}

median() { sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"; }

printf '%8s %8s %8s\n' check cached ajv
"$tabiji" check --cache "$work/cache" "$folder" >"$work/out" 2>&1 || true
for _ in $(seq "$rounds"); do
    check=$(milliseconds "$tabiji" check "$folder")
    cached=$(milliseconds "$tabiji" check --cache "$work/cache" "$folder")
    ajv=-
    if command -v ajv >/dev/null; then
        ajv=$(milliseconds ajv validate --strict=false -s "$work/schema.json" -d "$folder/**/*.yaml")
        echo "$ajv" >>"$work/ajv"
    fi
    echo "$check" >>"$work/check"
    echo "$cached" >>"$work/cached"
    printf '%8s %8s %8s\n' "$check" "$cached" "$ajv"
done
printf '%8s %8s %8s  median\n' "$(median "$work/check")" "$(median "$work/cached")" \
    "$(if [ -f "$work/ajv" ]; then median "$work/ajv"; else echo -; fi)"
