# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# render FILE KEY=VALUE…: prints FILE with every @KEY@ replaced, literally. Sourced.
render() {
	_render_file=$1
	shift
	awk 'BEGIN {
			for (i = 1; i < ARGC - 1; i++) {
				at = index(ARGV[i], "=")
				value[substr(ARGV[i], 1, at - 1)] = substr(ARGV[i], at + 1)
				ARGV[i] = ""
			}
		}
		{
			rest = $0; out = ""
			while (match(rest, /@[A-Z_]+@/)) {
				key = substr(rest, RSTART + 1, RLENGTH - 2)
				out = out substr(rest, 1, RSTART - 1) (key in value ? value[key] : "@" key "@")
				rest = substr(rest, RSTART + RLENGTH)
			}
			print out rest
		}' "$@" "$_render_file"
}

# How many files a process of nginx's may have open: what this machine lets it, and no more than it needs.
files_limit() {
	# shellcheck disable=SC3045 # dash and bash have it
	_files=$(ulimit -Hn)
	case $_files in
	unlimited | ??????* | 6553[6-9] | 655[4-9]? | 65[6-9]?? | 6[6-9]??? | [7-9]????) echo 65536 ;;
	*) echo "$_files" ;;
	esac
}
