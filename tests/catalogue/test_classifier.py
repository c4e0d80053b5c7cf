"""What the classifier learns from phrases, what it does with procedures it never saw, its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.catalogue import classifier_training
from bot.catalogue.classifier import Classifier, ClassifierDamaged, features
from bot.catalogue.search import SearchIndex
from tests.catalogue.exports import procedure
from tests.catalogue.test_search import STRIPPER

PHRASES = {
    "birth": ["làm giấy khai sinh", "khai sinh cho con", "con mới sinh làm giấy khai sinh"],
    "death": ["báo tử cho ba", "ba mới mất làm giấy báo tử", "giấy báo tử người mất"],
    "marriage": ["giấy kết hôn", "hai đứa cưới nhau làm giấy kết hôn", "cưới nhau xin giấy"],
    "house": ["xin phép xây nhà", "xây nhà cấp bốn", "giấy phép xây nhà"],
}
TEXTS = [(label, phrase.split()) for label, owned in PHRASES.items() for phrase in owned] * 4


@pytest.fixture(scope="module")
def learnt() -> Classifier:
    background = [["nhà", "tôi", "ở", "gần", "chợ"], ["năm", "nay", "mưa", "lớn"]]
    return classifier_training.learn(TEXTS, background)


def best(classifier: Classifier, message: str, *, accented: bool = True) -> str:
    shares = classifier.log_shares(message.split(), accented=accented)
    return classifier.labels[int(np.argmax(shares))]


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("con mới sinh", "birth"),
        ("làm khai sinh", "birth"),
        ("xây nhà", "house"),
        ("hai đứa cưới nhau", "marriage"),
        ("ba tôi mất báo tử", "death"),
    ],
)
def test_other_words_for_the_same_need_are_recognised(
    learnt: Classifier, message: str, label: str
) -> None:
    assert best(learnt, message) == label


def test_a_message_without_accents_is_recognised_too(learnt: Classifier) -> None:
    assert best(learnt, "hai dua cuoi nhau", accented=False) == "marriage"
    assert best(learnt, "xay nha", accented=False) == "house"


def test_the_shares_of_each_member_add_up_to_one(learnt: Classifier) -> None:
    for member in learnt._members:
        numbers = learnt._numbers(["xây", "nhà"], accented=True)
        assert np.exp(member.log_shares(numbers)).sum() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("message", ["", "chưa từng nghe", "漢字"])
def test_words_that_were_never_learnt_say_nothing_of_any_label(
    learnt: Classifier, message: str
) -> None:
    unknown = learnt.log_shares(message.split(), accented=True)
    assert np.exp(unknown).max() < 0.6
    assert np.array_equal(unknown, learnt.log_shares([], accented=True))


def test_the_same_texts_give_the_same_classifier(learnt: Classifier) -> None:
    again = classifier_training.learn(
        TEXTS, [["nhà", "tôi", "ở", "gần", "chợ"], ["năm", "nay", "mưa", "lớn"]]
    )
    words = ["xây", "nhà"]
    assert np.array_equal(
        again.log_shares(words, accented=True), learnt.log_shares(words, accented=True)
    )


def test_features_tell_accents_only_where_there_are_some() -> None:
    assert list(features(["khai", "sinh"], accented=False)) == [
        "f:khai",
        "f:sinh",
        "p:khai sinh",
    ]
    assert list(features(["mộ"], accented=True)) == ["f:mo", "a:mộ"]


def test_labels_are_put_into_the_order_that_is_wanted(learnt: Classifier) -> None:
    turned = learnt.aligned(["house", "birth"], [[], []])
    assert turned.labels == ["house", "birth"]
    assert best(turned, "xin phép xây nhà") == "house"
    assert best(turned, "khai sinh cho con") == "birth"
    assert learnt.aligned(learnt.labels, []) is learnt


def test_a_label_that_was_not_learnt_is_put_where_its_texts_point(learnt: Classifier) -> None:
    labels = [*learnt.labels, "wedding photo"]
    texts = [[p.split() for p in PHRASES[label]] for label in learnt.labels]
    texts.append([["hai", "đứa", "cưới", "nhau"], ["cưới", "nhau"]])
    widened = learnt.aligned(labels, texts)
    shares = dict(
        zip(labels, np.exp(widened.log_shares(["cưới", "nhau"], accented=True)), strict=True)
    )
    assert sorted(shares, key=lambda label: -shares[label])[:2] in (
        ["wedding photo", "marriage"],
        ["marriage", "wedding photo"],
    )
    assert best(widened, "xây nhà") == "house"


def test_a_file_gives_back_what_was_learnt(learnt: Classifier, tmp_path: Path) -> None:
    path = tmp_path / "models" / "search-1.npz"
    learnt.save(path)
    assert [file.name for file in path.parent.iterdir()] == ["search-1.npz"]
    found = Classifier.load(path)
    assert found.labels == learnt.labels
    for message in ("xây nhà", "khai sinh"):
        one, other = (c.log_shares(message.split(), accented=True) for c in (found, learnt))
        # Half the digits are kept.
        assert np.allclose(one, other, atol=0.05)


def test_too_little_to_learn_from_gives_a_classifier_that_knows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "search-1.npz"
    classifier_training.learn([("a", ["một", "lần"])]).save(path)
    shares = Classifier.load(path).log_shares(["một", "lần"], accented=True)
    assert np.exp(shares) == pytest.approx([1.0])


@pytest.mark.parametrize("damage", ["empty", "text", "half", "other arrays", "missing"])
def test_a_damaged_file_is_told_and_not_used(
    learnt: Classifier, tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "search-1.npz"
    if damage == "other arrays":
        np.savez(path, labels=np.zeros(3, dtype=np.uint8), names=np.zeros(1, dtype=np.uint8))
    elif damage != "missing":
        learnt.save(path)
        whole = path.read_bytes()
        content = {"empty": b"", "text": b"no classifier", "half": whole[: len(whole) // 2]}
        path.write_bytes(content[damage])
    with pytest.raises(ClassifierDamaged, match=r"search-1\.npz"):
        Classifier.load(path)


def test_search_weighs_what_was_learnt() -> None:
    procedures = [procedure("1.000001", "Đăng ký A"), procedure("1.000002", "Đăng ký B")]
    texts = [("1.000001", ["cà", "vẹt"]), ("1.000002", ["sổ", "đỏ"])] * 12
    classifier = classifier_training.learn(texts)
    plain = SearchIndex(procedures, [], [], STRIPPER).search("đăng ký cà vẹt", 2)
    taught = SearchIndex(procedures, [], [], STRIPPER, (), classifier).search("đăng ký cà vẹt", 2)
    assert taught[0].code == "1.000001"
    assert taught[0].score > plain[0].score
    assert dict(taught[0].parts)["learnt"] > dict(taught[1].parts)["learnt"]
    assert {dict(match.parts)["learnt"] for match in plain} == {0.0}


def test_a_procedure_that_came_after_the_learning_is_found(learnt: Classifier) -> None:
    labels = list(PHRASES)
    procedures = [procedure(f"1.00000{n}", label) for n, label in enumerate(labels)]
    renamed = Classifier([p.code for p in procedures], learnt._names, learnt._members)
    aliases = [(p.code, phrase) for p in procedures for phrase in PHRASES[p.name]]
    new = procedure("2.000001", "Cấp giấy phép nuôi chim yến")
    index = SearchIndex([*procedures, new], aliases, [], STRIPPER, (), renamed)
    assert index.search("xin giấy nuôi chim yến", 1)[0].code == "2.000001"
    assert index.search("xin phép xây nhà", 1)[0].code == "1.000003"
