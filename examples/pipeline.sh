#!/bin/sh
# cg-grad in a shell pipeline, with jq on both sides: points come from jq, results go to jq.
# Numbers pass unharmed: each is printed as the shortest text that reads back to the same
# double, and "NaN" and "Infinity" are strings, which JSON can hold.
set -eu
cd "$(dirname "$0")"

# One number, for use in a script.
echo "-- a gradient"
cg-grad --format json --only 'far out' huber.yaml | jq '.results[0].grads[0].grad'

# A table with a row for each point, for a spreadsheet or a plot. A spec that jq writes is JSON.
echo "-- a table"
jq -n '{
    version: 1,
    functions: {square: {args: ["x"], value: "x ** 2", vjp: "g * x"}},
    points: [range(-1.5; 2) | {function: "square", at: [.]}]}' |
    cg-grad --format jsonl - |
    jq -r '[.value, .grads[0].grad] | @tsv'

# Descent: every turn is one call, and the next point comes from the gradient. The data of
# huber.yaml are 1, 2, 3 and 100; its location is 2.5, where the mean would be 26.5.
echo "-- a descent"
m=0
for _ in $(seq 60); do
    m=$(cg-grad --format json --function location --at "m=$m" huber.yaml |
        jq '.results[0] | $m - .grads[0].grad' --argjson m "$m")
done
printf '%s\n' "$m" | jq '. * 1000 | round / 1000'

# A condition: `jq -e` sets the exit status. (For expected values there is `cg-grad check`.)
echo "-- no gradient is NaN"
cg-grad --format json --only 'softplus*' softplus.yaml |
    jq -e '[.results[].grads[].grad] | all(type == "number")'
