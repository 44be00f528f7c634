from __future__ import annotations


def test_the_repository_that_the_bad_documents_start_from_is_sound(files, lint):
    assert lint(files).found == []
