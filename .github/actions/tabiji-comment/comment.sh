#!/usr/bin/env bash
# Posts $OUT/comment.md on a pull request, or puts it in the place of the one that is there. What is in $OUT may come from
# somebody who may not write here: nothing of it is run, and it is held against the API before it is believed.
set -euo pipefail

: "${OUT:=tabiji-effect}" "${PULL_REQUEST:=}" "${HEAD_SHA:=}" "${AUTHOR:=github-actions[bot]}"
: "${GITHUB_API_URL:=https://api.github.com}"
mark='<!-- tabiji plan -->'

die() {
  printf 'error: %s\n' "$1" >&2
  exit 2
}

[[ -z $PULL_REQUEST && -f $OUT/number ]] && PULL_REQUEST=$(head -c 20 "$OUT/number" | tr -d '\r\n')
[[ $PULL_REQUEST =~ ^[1-9][0-9]*$ ]] || die "\`$PULL_REQUEST\` is no number of a pull request"
[[ -f $OUT/comment.md ]] || die "there is no $OUT/comment.md"
[[ $(wc -c <"$OUT/comment.md") -le 262144 ]] || die "$OUT/comment.md is too long for a comment"
[[ $(head -n 1 "$OUT/comment.md") == "$mark" ]] || die "$OUT/comment.md is no comment of tabiji"

call() {
  local method=$1 path=$2
  shift 2
  curl --silent --show-error --fail-with-body --retry 3 --max-time 60 --request "$method" \
    --header "Accept: application/vnd.github+json" --header "X-GitHub-Api-Version: 2022-11-28" \
    --header "Authorization: Bearer $GITHUB_TOKEN" "$@" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$path"
}

if [[ -n $HEAD_SHA ]]; then
  now=$(call GET "pulls/$PULL_REQUEST" | jq -r .head.sha)
  if [[ $now != "$HEAD_SHA" ]]; then
    echo "pull request $PULL_REQUEST is at $now, not at $HEAD_SHA: its comment is left alone"
    exit 0
  fi
fi

comment='' page=1
while [[ -z $comment ]]; do
  listed=$(call GET "issues/$PULL_REQUEST/comments?per_page=100&page=$page")
  comment=$(jq -r --arg mark "$mark" --arg author "$AUTHOR" \
    '[.[] | select((.body | startswith($mark)) and .user.login == $author)][0].id // ""' <<<"$listed")
  [[ $(jq length <<<"$listed") -lt 100 ]] && break
  page=$((page + 1))
done

body=$(jq --null-input --rawfile body "$OUT/comment.md" '{body: $body}')
if [[ -n $comment ]]; then
  call PATCH "issues/comments/$comment" --data @- <<<"$body" >/dev/null
  echo "comment $comment of pull request $PULL_REQUEST is up to date"
else
  call POST "issues/$PULL_REQUEST/comments" --data @- <<<"$body" >/dev/null
  echo "pull request $PULL_REQUEST has a comment"
fi
