# SPDX-License-Identifier: MIT
nobase_dist_pkgdata_DATA += \
	templates/budgets.html.mustache \
	templates/dead_letters.html.mustache \
	templates/error.html.mustache \
	templates/file.html.mustache \
	templates/gate.html.mustache \
	templates/home.html.mustache \
	templates/home_live.html.mustache \
	templates/layout.html.mustache \
	templates/log.html.mustache \
	templates/mail/letter.html.mustache \
	templates/mail/plain.txt.mustache \
	templates/mail/subject.txt.mustache \
	templates/messages.html.mustache \
	templates/partials/banners.html.mustache \
	templates/partials/decision_form.html.mustache \
	templates/partials/diff.html.mustache \
	templates/partials/drawing.html.mustache \
	templates/partials/gate_rows.html.mustache \
	templates/partials/onwards.html.mustache \
	templates/partials/provider.html.mustache \
	templates/partials/run_rows.html.mustache \
	templates/partials/stage_body.html.mustache \
	templates/partials/state.html.mustache \
	templates/partials/test_list.html.mustache \
	templates/partials/tests_summary.html.mustache \
	templates/project.html.mustache \
	templates/project_new.html.mustache \
	templates/projects.html.mustache \
	templates/record.html.mustache \
	templates/run.html.mustache \
	templates/run_live.html.mustache \
	templates/settings.html.mustache \
	templates/sign_in.html.mustache \
	templates/sign_in_link.html.mustache \
	templates/stage.html.mustache \
	templates/tests.html.mustache
