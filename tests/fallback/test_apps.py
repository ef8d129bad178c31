# SPDX-License-Identifier: MIT
"""Generated applications do what their briefs say: their suites pass, and requests of our own prove it."""
import datetime
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import chain
import tap
from app import App


def start(name):
    with open(os.path.join(chain.SOURCE, "tests", "fallback", "briefs", name + ".md"), encoding="utf-8") as file:
        return App(name, file.read())


def day(days):
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()


def weekday(number, time):
    today = datetime.date.today() + datetime.timedelta(days=7)
    return (today + datetime.timedelta(days=(number - today.weekday()) % 7)).isoformat() + "T" + time


def test_tool_library_suite_passes_and_each_test_runs_alone():
    with start("tool-library") as app:
        assert app.suite() >= 10
        app.one_test("tests.test_lending.LoanRulesTest.test_tool_that_is_out_cannot_be_lent")


def test_clinic_suite_passes():
    with start("clinic") as app:
        assert app.suite() >= 10


def test_recipes_suite_passes():
    with start("recipes") as app:
        assert app.suite() >= 10


def test_tool_library_refuses_a_fourth_loan():
    with start("tool-library") as app:
        member, other = app.add("members", name="Ada"), app.add("members", name="Bert")
        tools = [app.add("tools", name=f"Drill {n}", category="drills") for n in range(5)]
        loans = [app.add("loans", tool=tool, member=member) for tool in tools[:3]]
        status, answer = app.call("POST", "loans", tool=tools[3], member=member)
        assert status == 409 and "3" in answer["error"], answer
        status, answer = app.call("POST", "loans", tool=tools[0], member=other)
        assert status == 409 and "out" in answer["error"], answer
        status, answer = app.call("POST", "loans", tool=tools[3], member=other, borrowed_on=day(0), due_on=day(15))
        assert status == 409 and "14" in answer["error"], answer
        app.add("loans", tool=tools[3], member=other, borrowed_on=day(0), due_on=day(14))
        assert app.call("POST", f"loans/{loans[0]}/return", return_note="cable broken")[0] == 200
        app.add("loans", tool=tools[4], member=member, borrowed_on=day(-10), due_on=day(-3))
        rows = app.call("GET", "overdue")[1]["lists"][0]["rows"]
        assert [(row["tool"], row["member"], row["days"]) for row in rows] == [("Drill 4", "Ada", 3)], rows
        assert app.call("GET", f"tools/{tools[0]}")[1]["availability"] == "free"
        assert "cable broken" in app.page(f"/loans/{loans[0]}")


def test_clinic_refuses_overlap_and_closed_hours():
    with start("clinic") as app:
        owner, vet, other = app.add("owners", name="Eva"), app.add("vets", name="Dr No"), app.add("vets", name="Dr Who")
        pet = app.add("pets", name="Rex", species="dog", owner=owner)
        app.add("appointments", vet=vet, pet=pet, starts_at=weekday(1, "10:00"), minutes=30)
        for wrong, minutes in (("10:15", 30), ("09:30", 60), ("10:00", 15)):
            status, answer = app.call("POST", "appointments", vet=vet, pet=pet, starts_at=weekday(1, wrong), minutes=minutes)
            assert status == 409 and "10:00" in answer["error"], (wrong, answer)
        app.add("appointments", vet=vet, pet=pet, starts_at=weekday(1, "10:30"), minutes=15)
        app.add("appointments", vet=other, pet=pet, starts_at=weekday(1, "10:00"), minutes=60)
        for number, time in ((1, "08:00"), (1, "17:45"), (5, "08:30"), (5, "11:45"), (6, "10:00")):
            status, _ = app.call("POST", "appointments", vet=vet, pet=pet, starts_at=weekday(number, time), minutes=30)
            assert status == 409, (number, time)
        app.add("appointments", vet=vet, pet=pet, starts_at=weekday(5, "11:30"), minutes=30)
        assert app.call("POST", "appointments", vet=vet, pet=pet, starts_at=weekday(2, "10:00"), minutes=45)[0] == 422
        lists = app.call("GET", "today?day=" + weekday(1, "")[:10])[1]["lists"]
        assert [len(one["rows"]) for one in lists] == [2, 1], lists


def test_clinic_bills_with_vat_and_reminds():
    with start("clinic") as app:
        owner = app.add("owners", name="Eva")
        pet = app.add("pets", name="Rex", owner=owner)
        invoice = app.add("invoices", owner=owner)
        app.add("line_items", invoice=invoice, description="Check", quantity=2, price=12.5)
        shown = app.call("GET", f"invoices/{invoice}")[1]
        assert (shown["net"], shown["vat"], shown["total"], shown["state"]) == ("25.00", "5.00", "30.00", "unpaid"), shown
        app.call("POST", f"invoices/{invoice}/pay", paid_on="2024-03-05")
        rows = app.call("GET", "revenue")[1]["lists"][0]["rows"]
        assert [(row["month"], row["total"]) for row in rows] == [("2024-03", "30.00")]
        for days in (30, 31, -1):
            app.add("vaccinations", name="Rabies", pet=pet, due_on=day(days))
        soon, late = app.call("GET", "reminders")[1]["lists"]
        assert [row["due_on"] for row in soon["rows"]] == [day(30)] and [row["due_on"] for row in late["rows"]] == [day(-1)]


def test_recipes_scale_and_add_up():
    with start("recipes") as app:
        pancakes, bread = app.add("recipes", name="Pancakes", servings=4), app.add("recipes", name="Bread", servings=2)
        app.add("ingredients", recipe=pancakes, name="Flour", quantity=200, unit="g")
        app.add("ingredients", recipe=bread, name="flour", quantity=500, unit="g")
        rows = app.call("GET", f"recipes/{pancakes}/scaled?servings=6")[1]["rows"]
        assert rows == [{"name": "Flour", "quantity": 300, "unit": "g"}], rows
        app.add("planned_meals", recipe=pancakes, day="2024-05-14", servings=8)
        app.add("planned_meals", recipe=bread, day="2024-05-16")
        rows = app.call("GET", "shopping?week=2024-05-13")[1]["lists"][0]["rows"]
        assert rows == [{"name": "flour", "quantity": 900, "unit": "g"}], rows


def test_rooms_shifts_and_stock_keep_their_rules():
    with start("rooms") as app:
        room, who = app.add("rooms", name="Blue"), app.add("employees", name="Ada")
        app.add("bookings", room=room, employee=who, starts_at=weekday(0, "09:00"), minutes=120)
        assert app.call("POST", "bookings", room=room, employee=who, starts_at=weekday(0, "10:00"), minutes=30)[0] == 409
        assert app.call("POST", "bookings", room=room, employee=who, starts_at=weekday(1, "09:00"), minutes=121)[0] == 409
        assert app.call("POST", "bookings", room=room, employee=who, starts_at=weekday(5, "09:00"), minutes=30)[0] == 409
    with start("shifts") as app:
        shift = app.add("shifts", name="Soup", number_of_volunteers_needed=1)
        people = [app.add("volunteers", name=name) for name in ("Ada", "Bert")]
        app.add("registrations", shift=shift, volunteer=people[0])
        status, answer = app.call("POST", "registrations", shift=shift, volunteer=people[1])
        assert status == 409 and "full" in answer["error"], answer
    with start("inventory") as app:
        supplier = app.add("suppliers", name="Bikes Ltd")
        part = app.add("parts", part_number="X1", name="Chain", supplier=supplier, minimum=5)
        assert app.call("POST", "parts", part_number="x1", name="Other", supplier=supplier)[0] == 409
        app.add("stock_movements", part=part, direction="in", quantity=4)
        assert app.call("POST", "stock_movements", part=part, direction="out", quantity=5)[0] == 409
        assert len(app.call("GET", "low")[1]["lists"][0]["rows"]) == 1


if __name__ == "__main__":
    tap.main(sys.modules[__name__])
