# SPDX-License-Identifier: MIT
"""Briefs that nobody would write on purpose, and some that somebody would."""

ODD = {
    "one word": "tools",
    "two letters": "hi",
    "only punctuation": "... !!! ??? ;;; ,,, (((",
    "only spaces": "   \n\t  \n",
    "nothing": "",
    "a number": "42",
    "german": "Wir sind ein Kegelverein. Mitglieder leihen Kugeln für höchstens 7 Tage aus. Keiner darf mehr als zwei haben.",
    "japanese": "小さな図書館のために本の貸し出しを管理するアプリが欲しいです。会員は三冊まで借りられます。",
    "arabic": "نريد تطبيقا لإدارة المواعيد في العيادة.",
    "emoji": "🐱🐶 pets with a name 🎂 and a birthday 🎉. Owners have pets 🐹.",
    "quotes": "Keep \"things\" with a 'name', a \\\"title\\\", an '''essay''' and a \"\"\"docstring\"\"\".",
    "backslashes": "Track C:\\new\\table with a path\\name and a \\x00 code. Each item has a na\\me.",
    "markup": "<script>alert(1)</script> Keep <b>books</b> with <i>title</i> & \"author\". Members borrow books.",
    "template tags": "Keep {{things}} with {{{name}}} and {{#price}}cost{{/price}}. {% raw %} ${HOME} $(id) `id` {0} %s %d",
    "braces": "Keep {items} with a {name}, a {price} and a {{weight}}. At most {3} items.",
    "sql": "Keep tables with select, drop, order, group, where, index and union. Each table has a primary key. '; DROP TABLE x; --",
    "python keywords": "Each class has a lambda, an import, a def, a return, a None, a True and a yield. Students sign up for classes. "
                       "A class has at most 5 students.",
    "own words": "Keep records with self, id, page, q, back, store, status, rows, answer, range and new. Members borrow records. "
                 "Keep apis with health. Keep exports with a today and an overdue. A loan has loans.",
    "reserved addresses": "Keep exports, weeks, boards, balances, totals and reminders. Each export has a name. Each api has a health.",
    "all fields": "Each thing has a name, price, weight, date, email, phone, tags, notes, condition, priority, quantity, rating, paid, "
                  "deadline, start, colour, place, year, comments, url, author, size, owner, member, teacher and status.",
    "many things": ". ".join(f"We add gadget{n}s with a name, a price and a size{n}" for n in range(60)),
    "circle": "Each owner has a pet. Each pet has an owner. Each vet has a pet. Pets have vets. Owners have owners.",
    "self loan": "Members borrow members. Loans borrow loans. A loan may not hold more than 3 loans.",
    "absurd numbers": "Members borrow tools for up to 999999999 days. A member may hold at most 4000000000 tools. Lessons take 0, 9999 or "
                      "99999999999 minutes. VAT 500%. Due in the next 0 days.",
    "odd hours": "Customers book a haircut with a stylist, 45 minutes, Mon-Sun 0:00-24:00, Fri-Mon 22-23, Tue 9-9:10, Wed 18-9.",
    "tiny hours": "Guests book a sauna for 90 minutes. Saunas can be booked Mon 9:00-9:30 and Tue 23:00-24:00.",
    "one place": "Students sign up for lessons. A lesson has at most 1 student. Nobody may take more than one lesson.",
    "everything": "Members borrow tools for up to 3 days. Members book rooms for at most 90 minutes, Mon-Fri 9-17. Members sign up for "
                  "courses; a course has at most 8 participants. Invoices have line items with price and VAT 7%, paid or unpaid, monthly "
                  "revenue. Recipes with ingredients are scaled by portions and planned for the week with one shopping list. Show vaccinations "
                  "due in the next 10 days. Parts in stock must never go below zero; warn when low. Members share expenses and see who owes "
                  "whom. Tickets have a status (new, open, closed). Export everything as CSV.",
    "long line": "We keep plants with " + ", ".join(f"property{n}" for n in range(400)),
    "a hundred kilobytes": "Members borrow tools with a name. A tool that is out can't be borrowed. " * 1400,
    "long word": "x" * 5000 + " has a name. Each " + "y" * 300 + " has a price.",
    "control characters": "Keep\x01 books\x02 with a\x07 title\x1b[31m and an\x7f author.\r\nMembers\u2028borrow\u2029books.",
    "headings only": "# Shop\n## Customers\n### Orders\n#### Items",
    "a table": "| Name | Price |\n|---|---|\n| Apple | 1.20 |\n\nWe sell fruit. Each order has a customer and order lines with fruit and quantity.",
    "deep nesting": "((((Keep (things (with (a name))))))) [[[and]]] {{{more}}}",
    "name of many": "Series, species, sheep and news: keep species with a name. Each series has news.",
}

NAMES = ("", "x", "Tom's \"big\" shop", "{{name}} ''' \\", "<b>Über</b> & Söhne", "名前", "n" * 300, "line\nbreak", "''' + __import__('os')")
