"""Vietnamese text: Unicode, folding of diacritics, abbreviations, teen-code, dialect.

Standard library only; understanding (`bot.nlu`) and search (`bot.catalogue`) share it.
Codes and numbers are never rewritten.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

# Letters and digits; a code such as 1.001193 or H48.16-230512-0003 stays one token.
_TOKEN = re.compile(r"\w+(?:[.\-/]\w*\d\w*)+|\w+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_MARKS = re.compile("[\u0300-\u036f]")
_OTHER_LETTERS = re.compile("[\u0370-\u1fff\u2c00-\uffff\U00010000-\U0010ffff]")
_FOLD = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})

# One word for one word, accented or not; only spellings that mean nothing else.
ABBREVIATIONS: dict[str, str] = {
    # identity and civil status
    "cccd": "căn cước công dân",
    "cmnd": "chứng minh nhân dân",
    "cmt": "chứng minh nhân dân",
    "cmtnd": "chứng minh nhân dân",
    "gks": "giấy khai sinh",
    "shk": "sổ hộ khẩu",
    "xnhn": "xác nhận tình trạng hôn nhân",
    "tthn": "tình trạng hôn nhân",
    "đkkh": "đăng ký kết hôn",
    "dkkh": "đăng ký kết hôn",
    "lltp": "lý lịch tư pháp",
    "vneid": "định danh điện tử vneid",
    # land, houses, vehicles
    "gcnqsdđ": "giấy chứng nhận quyền sử dụng đất",
    "gcnqsdd": "giấy chứng nhận quyền sử dụng đất",
    "gcn": "giấy chứng nhận",
    "qsdđ": "quyền sử dụng đất",
    "qsdd": "quyền sử dụng đất",
    "gpxd": "giấy phép xây dựng",
    "gplx": "giấy phép lái xe",
    "blx": "bằng lái xe",
    # business
    "đkkd": "đăng ký kinh doanh",
    "dkkd": "đăng ký kinh doanh",
    "hkd": "hộ kinh doanh",
    "gpkd": "giấy phép kinh doanh",
    "dn": "doanh nghiệp",
    "cty": "công ty",
    "tnhh": "trách nhiệm hữu hạn",
    "attp": "an toàn thực phẩm",
    "vsattp": "vệ sinh an toàn thực phẩm",
    "pccc": "phòng cháy chữa cháy",
    # insurance and labour
    "bhyt": "bảo hiểm y tế",
    "bhxh": "bảo hiểm xã hội",
    "bhtn": "bảo hiểm thất nghiệp",
    "nvqs": "nghĩa vụ quân sự",
    "nlđ": "người lao động",
    "nld": "người lao động",
    # administration
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "tthc": "thủ tục hành chính",
    "dvc": "dịch vụ công",
    "dvctt": "dịch vụ công trực tuyến",
    "hs": "hồ sơ",
    "đk": "đăng ký",
    "dk": "đăng ký",
    "gt": "giấy tờ",
    "gtờ": "giấy tờ",
    "ttục": "thủ tục",
    # teen-code
    "ko": "không",
    "k": "không",
    "kh": "không",
    "hok": "không",
    "hông": "không",
    "hổng": "không",
    "dc": "được",
    "đc": "được",
    "đượt": "được",
    "j": "gì",
    "ji": "gì",
    "gj": "gì",
    "z": "vậy",
    "zậy": "vậy",
    "zay": "vậy",
    "dzậy": "vậy",
    "dzay": "vậy",
    "vs": "với",
    "bn": "bao nhiêu",
    "bnh": "bao nhiêu",
    "bnhiu": "bao nhiêu",
    "nhiu": "nhiêu",
    "nhju": "nhiêu",
    "mn": "mọi người",
    "ng": "người",
    "ntn": "như thế nào",
    "lm": "làm",
    "đt": "điện thoại",
    "sđt": "số điện thoại",
    "sdt": "số điện thoại",
    "onl": "trực tuyến",
    "online": "trực tuyến",
    "thks": "cảm ơn",
    "thanks": "cảm ơn",
    "thank": "cảm ơn",
    "tks": "cảm ơn",
    "oke": "ok",
    "okie": "ok",
    "okê": "ok",
    # Central dialect (Quảng Ngãi): only spellings that standard words do not share
    "rứa": "vậy",
    "tui": "tôi",
    "mần": "làm",
    "bển": "bên đó",
    "nớ": "đó",
    "ni": "này",
    "hỉ": "nhỉ",
    "chừ": "bây giờ",
}

# Phrases, matched on whole words after the words above were replaced. Words that standard
# Vietnamese shares ("xe mô tô", "răng hàm mặt", "hu hong", "dia chi") change only here.
_PHRASES: tuple[tuple[str, str], ...] = (
    (
        r"\b(ở|tại|chỗ|đi|về|tới|đến|khi|chừng|người|cái|nơi|xã) mô\b(?! (hình|tô|phỏng|tả|đất))",
        r"\1 đâu",
    ),
    (r"\bmô (vậy|hè|rồi|hết|cũng|đó|nữa)\b", r"đâu \1"),
    (r"\b(o|tai|cho|di|ve|toi|den) mo\b(?! (hinh|to|phong|ta|rong|cua|quan|tiem))", r"\1 đâu"),
    (r"\b(làm|lam|mần|man|thì|thi|là) (răng|rang|reng)\b", r"\1 sao"),
    (r"\brăng (vậy|mà|lại|hè|chừ|đó)\b", r"sao \1"),
    (r"\b(được|duoc|co|có|gi|gì) hong\b", r"\1 không"),
    (r"\bbao (lăm|lam)\b", "bao nhiêu"),
    # "cảm ơn nhiu" is no question of how much.
    (r"\b(cảm ơn|cam on|cám ơn)((?: \w+){0,2}) nhiêu\b", r"\1\2 nhiều"),
    # "chi" asks for a thing between these words and those or the end; elsewhere it is "chi
    # phí", or an unaccented "chỉ", "chị" ("dia chi", "chung chi").
    (
        r"\b(giấy tờ|giay to|giấy|giay|cần|can|làm|lam|gồm|gom|là|la|cái|cai|những|nhung|có|co|đem"
        r"|dem|mang|nộp|nop|thêm|them|tờ|biết|biet|việc|viec|tục|tuc) chi\b"
        r"(?= (?:vậy|vay|rứa|rua|hè|he|hết|het|nữa|nua|đó|ạ|a|anh|em|chú|thì|thi|để|mà|ma|luôn|nhỉ"
        r"|hỉ|bác|ad|với)\b|$)",
        r"\1 gì",
    ),
    (r"\bchi (vậy|rứa|rua|hè|hết|nữa)\b", r"gì \1"),
)
# What each phrase above hinges on: it need not be looked for in a text without such a word.
_HINGES = (
    ("mô",),
    ("mô",),
    ("mo",),
    ("răng", "rang", "reng"),
    ("răng",),
    ("hong",),
    ("lăm", "lam"),
    ("nhiêu",),
    ("chi",),
    ("chi",),
)
_COMPILED_PHRASES = tuple(
    (frozenset(hinges), re.compile(pattern), new)
    for hinges, (pattern, new) in zip(_HINGES, _PHRASES, strict=True)
)


@dataclass(frozen=True)
class Token:
    """A stretch of the text: `text[start:end]`."""

    text: str
    start: int
    end: int


def nfc(text: str) -> str:
    """Composed Unicode without invisible characters, white space folded."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join(_INVISIBLE.sub("", composed).split())


def fold(text: str) -> str:
    """Lower case without diacritics: "Hồ sơ Đất" becomes "ho so dat".

    The length in characters stays that of the composed (NFC) text.
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_FOLD))
    # Vietnamese needs this range only; other scripts' marks are looked up one by one.
    plain = _MARKS.sub("", decomposed)
    if _OTHER_LETTERS.search(plain):
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.lower()


@functools.lru_cache(maxsize=50_000)
def fold_word(word: str) -> str:
    """`fold` for single words, of which Vietnamese has few: each is folded once."""
    return fold(word)


def is_accented(text: str) -> bool:
    """Whether any letter bears a Vietnamese diacritic."""
    composed = unicodedata.normalize("NFC", text).lower()
    return fold(composed) != composed


def tokens(text: str) -> list[Token]:
    """Words, numbers and codes with their offsets; punctuation is passed over."""
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def words(text: str) -> list[str]:
    """Words of a text, as `tokens` finds them."""
    return [m.group() for m in _TOKEN.finditer(text)]


@functools.lru_cache(maxsize=50_000)
def _normalised_word(word: str) -> str:
    """A lower-case word without stretched letters, its abbreviation spelt out."""
    if any(c.isdigit() for c in word):
        return word
    if word not in ABBREVIATIONS:  # "cccd" is no stretched "cd"
        word = _REPEATED_LETTER.sub(r"\1", word)
    return ABBREVIATIONS.get(word, word)


def normalise(text: str) -> str:
    """What a citizen wrote, in words the catalogue and the classifier know.

    Lower case, NFC, repeated letters ("đượcccc") reduced, abbreviations, teen-code and
    dialect spelt out. Codes and numbers stay as they are.
    """
    line = " ".join(map(_normalised_word, words(nfc(text).lower())))
    said = set(line.split())
    for hinges, pattern, replacement in _COMPILED_PHRASES:
        if not hinges.isdisjoint(said):
            line = pattern.sub(replacement, line)
    return line
