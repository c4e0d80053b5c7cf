"""Keystrokes of Telex and VNI that no input method turned into letters: "ddaats", "d9a61t".

Only what spells a whole syllable counts. Standard library only; letters with marks are written
as Telex types them here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LETTERS_TYPED = {
    "aa": "a\u0302", "aw": "a\u0306", "ee": "e\u0302", "oo": "o\u0302", "ow": "o\u031b",
    "uw": "u\u031b", "dd": "\u0111",
}  # fmt: skip
_SHAPES = {keys: unicodedata.normalize("NFC", typed) for keys, typed in _LETTERS_TYPED.items()}


def _shaped(keys: str) -> str:
    """Letters with their shapes: "uwow" becomes two letters with horns."""
    for typed, letter in _SHAPES.items():
        keys = keys.replace(typed, letter)
    return keys


_D = _SHAPES["dd"]
_MARKED = _shaped("aaaweeooowuw")
_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_STOPS = ("c", "ch", "p", "t")
_TONES_OF_STOPS = (_TONES["s"], _TONES["j"])

_ONSETS = (
    *("ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu"),
    *f"bcd{_D}ghklmnrstvx",
    "",
)
_RIMES = frozenset(
    _shaped(
        "a ac ach ai am an ang anh ao ap at au ay awc awm awn awng awp awt aac aam aan aang aap"
        " aat aau aay e ec em en eng eo ep et ee eech eem een eenh eep eet eeu"
        " i ia ich im in inh ip it iu ieec ieem ieen ieeng ieep ieet ieeu"
        " o oa oac oach oai oam oan oang oanh oao oap oat oay oawc oawm oawn oawng oawt oc oe oen"
        " oeo oet oi om on ong op ot oo ooc ooi oom oon oong oop oot ow owi owm own owp owt"
        " u ua uc ui um un ung up ut uaan uaang uaat uaay uee ueech ueenh uooc uooi uoom uoon"
        " uoong uoot uow uy uya uych uyeen uyeet uynh uyp uyt uyu uw uwa uwc uwi uwng uwt uwu"
        " uwowc uwowi uwowm uwown uwowng uwowp uwowt uwowu y yeem yeen yeeng yeet yeeu"
    ).split()
)
_FRONT = f"eiy{_SHAPES['ee']}"
_GLIDES = tuple(_shaped("oa oaw oe uaa uee uow uy").split())
# "qu", "gi" and "g" before "i" share a letter with the rime, so that fewer stand behind them.
_AFTER_QU = frozenset(
    [rime for rime in _RIMES if rime[0] in _shaped("a e aa aw ee ow")]
    + _shaped("i it ich y ych yeen yeet ynh yt ooc").split()
)
_G_BEFORE_I = frozenset(_shaped("i in ieec ieeng ieet").split())
_BEFORE_Y = ("", "d", "h", "k", "l", "m", "n", "s", "t", "v")

# Words that would spell a syllable, but are English, names or abbreviations as they stand; at
# the end loans and names of places in Kon Tum.
_KEPT_WORDS = (
    "ais air bar beer box bus car chats chef chips cor days docs does door down ems eps gas gis"
    " goes guys has her his how kits lee lens loans los low maps max mix mos now ref room rooms"
    " says see seem seems seen sex soon sos tax this tips town trans ups"
    " boong choong goong hoong loong mar moong nhoong xoong"
)
KEPT = frozenset(_KEPT_WORDS.split())

_SHORT = ("oo", "ow", "uw", "yf", "yj", "yr", "ys", "yx")
_TELEX = re.compile("[sfrxj]$|^dd|aa|ee|oo|w")
_TELEX_WORD = re.compile(f"[a-z{_D}{_MARKED}]+")
_HAS_SHAPE = re.compile(f"^dd|aa|ee|oo|w|[{_D}{_MARKED}]")
_TONE_INSIDE = re.compile(f"(.*?[aeiouyw{_MARKED}].*?)([sfrxj])(.+)")
_LONE_W = re.compile(f"(?<=[^aeiouyw{_MARKED}])w")
_W_BEHIND_VOWEL = re.compile(f"[^w]*[aeiouy{_MARKED}]")
_VNI = re.compile(f"(?=.*[1-9])[a-z{_D}{_MARKED}][a-z1-9{_D}{_MARKED}]+")
# A tone is typed behind the shape that it stands on: "ngay16" is a day.
_MARKED_LAST = re.compile("[1-5][6-9]$")
_VNI_TONES = dict(zip("12345", _TONES.values(), strict=True))
_VNI_SHAPES = {"6": ("aa", "ee", "oo"), "7": ("ow", "uw"), "8": ("aw",)}


def from_telex(word: str) -> str:
    """What a lower-case word spells in Telex; the word itself if it spells nothing.

    Some marks may be letters already ("giâys"). A tone is typed at the end, or inside of a word
    that has another mark as well ("muoosn"). No bare Vietnamese word has such keystrokes.
    """
    if not _TELEX.search(word) or word in KEPT:
        return word
    if len(word) < 3 and word.isascii() and word not in _SHORT:  # "as", "tw", form "AJ"
        return word
    letters, tone = _apart(word)
    if not _TELEX_WORD.fullmatch(letters):
        return word
    if tone:  # An input method missed the first keystroke only: "ddất".
        return (letters[:2] == "dd" and _syllable(_D + letters[2:], tone)) or word
    if letters[-1] in _TONES:
        letters, tone = letters[:-1], _TONES[letters[-1]]
    elif _HAS_SHAPE.search(letters) and (inside := _TONE_INSIDE.fullmatch(letters)):
        letters, tone = inside[1] + inside[3], _TONES[inside[2]]
    if letters[:2] == "dd":
        letters = _D + letters[2:]
    for keys in ("aa", "ee", "oo"):
        letters = letters.replace(keys, _SHAPES[keys])
    return _first_syllable(_with_w(letters), tone) or word


def from_vni(word: str) -> str:
    """What a lower-case word spells in VNI; the word itself if it spells nothing.

    That alone proves little, as a form's "mau1" and a hamlet's "thon6" spell something, too:
    see `is_surely_vni`.
    """
    digits = [c for c in word if c.isdigit()]
    letters = "".join(c for c in word if not c.isdigit())
    tones = [c for c in digits if c in _VNI_TONES]
    shapes = [c for c in digits if c in _VNI_SHAPES]
    bars = digits.count("9")
    if (
        not _VNI.fullmatch(word)
        or _MARKED_LAST.search(word)
        or len(word) < 3
        or len(tones) > 1
        or len(set(shapes)) > 1
        or len(shapes) > 1 + (shapes.count("7") == 2)
        or bars > (letters[0] == "d")
    ):
        return word
    if bars:
        letters = _D + letters[1:]
    candidates = _with_shape(letters, _VNI_SHAPES[shapes[0]]) if shapes else (letters,)
    return _first_syllable(candidates, _VNI_TONES[tones[0]] if tones else "") or word


def is_surely_vni(word: str) -> bool:
    """Whether a word that spells something in VNI is no code and no thing with a number.

    It has two letters or more and the digit of a shape, inside or with another digit.
    """
    digits = [c for c in word if c.isdigit()]
    return (
        len(word) - len(digits) > 1
        and (len(digits) > 1 or not word[-1].isdigit())
        and any(c in "6789" for c in digits)
    )


def _apart(word: str) -> tuple[str, str]:
    """Letters with their shapes, and the mark of the tone."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = "".join(mark for mark in _TONES.values() if mark in decomposed)
    letters = "".join(c for c in decomposed if c not in tone)
    return unicodedata.normalize("NFC", letters), tone


def _with_w(letters: str) -> Iterator[str]:
    """What "w" may stand for: a letter behind a consonant, or shapes of the vowels before it."""
    if "w" not in letters:
        yield _both_horned(letters)
        return
    alone = _LONE_W.sub(_SHAPES["uw"], letters, count=1)
    for each in (alone, letters):
        plain = each.replace("w", "")
        if plain == each:
            yield _both_horned(each)
        elif _W_BEHIND_VOWEL.match(each):
            yield from _with_shape(plain, ("aw", "ow", "uw"))


def _with_shape(letters: str, shapes: tuple[str, ...]) -> Iterator[str]:
    """The letters with one of the shapes, on two letters where they bear it together."""
    if "uw" in shapes and "uo" in letters:
        yield letters.replace("uo", _shaped("uwow"))
    for shape in shapes:
        for place, letter in enumerate(letters):
            if letter == shape[0]:
                yield _both_horned(f"{letters[:place]}{_SHAPES[shape]}{letters[place + 1 :]}")


def _both_horned(letters: str) -> str:
    """Where an input method gave one of two letters its horn, both have it."""
    return letters.replace(_shaped("uwo"), _shaped("uwow"))


def _first_syllable(candidates: Iterable[str], tone: str) -> str:
    return next(filter(None, (_syllable(each, tone) for each in candidates)), "")


def _syllable(letters: str, tone: str) -> str:
    """The syllable with its tone where most write it ("hòa"); empty if there is none such."""
    onset = _onset(letters)
    if onset is None or (letters.endswith(_STOPS) and tone not in _TONES_OF_STOPS):
        return ""
    rime = letters[len(onset) :]
    marked = [place for place, letter in enumerate(rime) if letter in _MARKED]
    vowels = len(rime) - len(rime.lstrip(f"aeiouy{_MARKED}"))
    if marked:
        place = marked[-1]
    elif vowels < len(rime):
        place = vowels - 1
    else:
        place = int(vowels == 3)
    place += len(onset) + 1
    return unicodedata.normalize("NFC", f"{letters[:place]}{tone}{letters[place:]}")


def _onset(letters: str) -> str | None:
    """The consonants before a rime that may follow them; None if it may not."""
    fitting = (o for o in _ONSETS if letters.startswith(o) and _fit(o, letters[len(o) :]))
    return next(fitting, None)


def _fit(onset: str, rime: str) -> bool:
    if onset == "qu":
        return rime in _AFTER_QU
    if rime not in _RIMES:
        return False
    if rime[0] == "y":
        return onset in _BEFORE_Y if rime == "y" else onset == ""
    if onset in ("k", "gh", "ngh"):
        return rime[0] in _FRONT
    if onset == "g" and rime[0] == "i":
        return rime in _G_BEFORE_I
    if onset == "gi":
        return rime[0] != "i" and not rime.startswith(_GLIDES)
    if onset in ("c", "g", "ng"):
        return rime[0] not in _FRONT and not (onset == "c" and rime.startswith(_GLIDES))
    return True
