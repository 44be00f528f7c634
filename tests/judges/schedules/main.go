// Command schedules tells what the cron parser of Kubernetes makes of each line of its input: an empty line where it refuses
// the schedule, else the seconds from the first of 2026, UTC, to each of the next firings.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

const firings = 12

func main() {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		schedule, err := cron.ParseStandard(lines.Text())
		if err != nil {
			fmt.Println()
			continue
		}
		var found []string
		for moment := start.Add(-time.Second); len(found) < firings; {
			moment = schedule.Next(moment)
			if moment.IsZero() {
				break
			}
			found = append(found, fmt.Sprint(int64(moment.Sub(start).Seconds())))
		}
		fmt.Println(strings.Join(append(found, "end"), " "))
	}
}
