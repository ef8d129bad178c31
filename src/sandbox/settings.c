/* SPDX-License-Identifier: MIT */
#include "base/config.h"
#include "sandbox/sandbox.h"

struct sandbox_settings sandbox_settings_from(const struct config *c)
{
	return (struct sandbox_settings){
		.data_dir = c->data_dir,
		.state_dir = c->state_dir,
		.jobs = c->runner_sandboxes,
		.limits = {
			.wall_s = c->sandbox_wall_s,
			.memory_mb = c->sandbox_memory_mb,
			.processes = c->sandbox_processes,
			.disk_mb = c->sandbox_disk_mb,
		},
	};
}
