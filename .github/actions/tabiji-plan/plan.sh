#!/usr/bin/env bash
# Compares the campaign with its base and leaves comment.md, effect.json and effect.sarif in $OUT, with the number of the
# pull request beside them for whoever posts the comment. Ends with tabiji's exit code.
set -euo pipefail

: "${TABIJI:=tabiji}" "${PROJECT:=.}" "${BASE:=}" "${FAIL_ON:=}" "${MAX_BYTES:=60000}" "${OUT:=tabiji-effect}"

mkdir -p "$OUT"
if [[ -z $BASE && ${GITHUB_EVENT_NAME:-} == pull_request ]] && git -C "$PROJECT" rev-parse --verify --quiet HEAD^2 >/dev/null; then
  # A pull request is checked out as its merge into the base: the first parent is the base, exactly.
  BASE=HEAD^1
fi

arguments=(plan "$PROJECT" --max-bytes "$MAX_BYTES" --format text)
arguments+=(--output "markdown=$OUT/comment.md" --output "json=$OUT/effect.json" --output "sarif=$OUT/effect.sarif")
[[ -n $FAIL_ON ]] && arguments+=(--fail-on "$FAIL_ON")
# Without a value, tabiji finds where the branch left the default branch.
if [[ -n $BASE ]]; then arguments+=("--against=$BASE"); else arguments+=(--against); fi

code=0
"$TABIJI" "${arguments[@]}" || code=$?

if [[ -f $OUT/effect.json ]]; then
  class=$(jq -r 'if .status == "error" then "error" else .class end' "$OUT/effect.json")
  open=$(jq -r 'if .status == "error" then "error" else .open end' "$OUT/effect.json")
else
  # Not even a report of the failure was written: tabiji could not run.
  class=error open=error
  printf '<!-- tabiji plan -->\n## tabiji: the effect of this change is unknown\n\ntabiji did not run; the log of the job says why.\n' >"$OUT/comment.md"
fi
[[ -n ${PULL_REQUEST:-} ]] && printf '%s\n' "$PULL_REQUEST" >"$OUT/number"
[[ -n ${GITHUB_OUTPUT:-} ]] && printf 'class=%s\nopen=%s\n' "$class" "$open" >>"$GITHUB_OUTPUT"
[[ -n ${GITHUB_STEP_SUMMARY:-} ]] && cat "$OUT/comment.md" >>"$GITHUB_STEP_SUMMARY"
exit "$code"
