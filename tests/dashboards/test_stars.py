"""Stars are set once and taken off."""

from shelf_support import make_shelf


def test_stars(tmp_path):
    stars = make_shelf(tmp_path).stars
    for uid in ("a", "b", "a"):
        stars.add(uid)
    stars.remove("b")
    stars.remove("never")

    assert stars.all() == {"a"}
