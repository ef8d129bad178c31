/* SPDX-License-Identifier: MIT */
#include "sandbox/filter.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

/* Named by string, so that a call unknown to an architecture is passed over. */
static const char *const denied[] = {
	/* other processes, and the kernel's own debugging */
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
	"perf_event_open", "bpf", "userfaultfd", "lookup_dcookie", "syslog", "acct", "quotactl",
	"quotactl_fd", "fanotify_init", "fanotify_mark",
	/* namespaces and mounts */
	"unshare", "setns", "mount", "umount", "umount2", "pivot_root", "chroot", "open_tree",
	"move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
	"name_to_handle_at", "open_by_handle_at",
	/* key rings; queues that escape the limits of a process */
	"keyctl", "add_key", "request_key", "io_uring_setup", "io_uring_enter", "io_uring_register",
	/* the machine */
	"kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot",
	"swapon", "swapoff", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime",
	"sethostname", "setdomainname", "iopl", "ioperm", "vhangup", "modify_ldt", "uselib",
	"nfsservctl", "_sysctl", "move_pages", "migrate_pages", "mbind", "set_mempolicy",
	/* memory that no limit of a process counts */
	"memfd_create", "memfd_secret", "shmget", "shmat", "msgget", "semget",
};

static bool deny(scmp_filter_ctx ctx, const char *name)
{
	int nr = seccomp_syscall_resolve_name(name);
	int rc;

	if (nr == __NR_SCMP_ERROR)
		return true;
	rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), nr, 0);
	/* -EDOM: the architecture has no such call. */
	return rc == 0 || rc == -EDOM;
}

static bool build(scmp_filter_ctx ctx)
{
	static const uint64_t namespaces[] = {
		CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS,
		CLONE_NEWCGROUP,
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(denied) / sizeof(*denied); i++)
		ok = ok && deny(ctx, denied[i]);
	/* Its flags are behind a pointer that a filter cannot follow; libc falls back to clone. */
	ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(*namespaces); i++)
		ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i])) == 0;
	/* Only the low half counts: the kernel reads these arguments as int. */
	ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
		SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI)) == 0;
	ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
		SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCLINUX)) == 0;
	/* Sockets: unix (1), inet (2), inet6 (10) only; one rule a family not allowed. */
	for (unsigned family = 0; ok && family < AF_MAX; family++)
		if (family != AF_UNIX && family != AF_INET && family != AF_INET6)
			ok = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffff, family)) == 0;
	return ok;
}

int sandbox_filter(struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int fd = memfd_create("filter", MFD_CLOEXEC);

	if (!ctx || fd < 0 || !build(ctx) || seccomp_export_bpf(ctx, fd) != 0 ||
	    lseek(fd, 0, SEEK_SET) != 0) {
		err_set(e, ERR_UNAVAILABLE, "the system call filter cannot be built: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	if (ctx)
		seccomp_release(ctx);
	return fd;
}
