"""Vietnamese text: Unicode, folding of diacritics, abbreviations, teen-code, dialect.

Standard library only; understanding (`bot.nlu`) and search (`bot.catalogue`) share it.
Codes and numbers are never rewritten.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from bot.spelling import from_telex, from_vni, is_surely_vni

# Letters and digits; a code such as 1.001193 or H48.16-230512-0003 stays one token.
_TOKEN = re.compile(r"\w+(?:[.\-/]\w*\d\w*)+|\w+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_MARKS = re.compile("[\u0300-\u036f]")
_OTHER_LETTERS = re.compile("[\u0370-\u1fff\u2c00-\uffff\U00010000-\U0010ffff]")
_VNI_MARK = re.compile("[6-9]")
_FOLD = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})

# Spellings and what they stand for, accented or not; only such that mean nothing else.
_SPELT_OUT = (
    # identity and civil status
    "cccd = căn cước công dân; cmnd cmt cmtnd = chứng minh nhân dân; gks = giấy khai sinh;"
    "shk = sổ hộ khẩu; hktt = hộ khẩu thường trú; xnhn = xác nhận tình trạng hôn nhân;"
    "tthn = tình trạng hôn nhân; đkkh dkkh = đăng ký kết hôn; đkks dkks = đăng ký khai sinh;"
    "lltp llpt = lý lịch tư pháp; vneid = định danh điện tử vneid; gttt = giấy tờ tùy thân;"
    "cks = chữ ký số; xnc = xuất nhập cảnh;"
    # land, houses, vehicles
    "gcn = giấy chứng nhận; gcnqsdđ gcnqsdd = giấy chứng nhận quyền sử dụng đất;"
    "qsdđ qsdd = quyền sử dụng đất; qsd = quyền sử dụng; qsh = quyền sở hữu;"
    "mđsdđ mdsdd = mục đích sử dụng đất; cmđsdđ cmdsdd = chuyển mục đích sử dụng đất;"
    "đkđđ dkdd = đăng ký đất đai; gpmb = giải phóng mặt bằng; bđs bds = bất động sản;"
    "gpxd = giấy phép xây dựng; vlxd = vật liệu xây dựng; gplx = giấy phép lái xe;"
    "blx = bằng lái xe; cavet cavẹt càvẹt = cà vẹt; csgt = cảnh sát giao thông;"
    # business
    "đkkd dkkd = đăng ký kinh doanh; đkdn dkdn = đăng ký doanh nghiệp; hkd = hộ kinh doanh;"
    "gpkd = giấy phép kinh doanh; gp = giấy phép; kd = kinh doanh; dn = doanh nghiệp;"
    "dntn = doanh nghiệp tư nhân; cty = công ty; ctcp = công ty cổ phần;"
    "tnhh = trách nhiệm hữu hạn; mtv = một thành viên; htx = hợp tác xã;"
    "vpđd vpdd = văn phòng đại diện; kcn = khu công nghiệp; ccn = cụm công nghiệp;"
    "kkt = khu kinh tế; attp = an toàn thực phẩm; vsattp = vệ sinh an toàn thực phẩm;"
    "pccc = phòng cháy chữa cháy; xnk = xuất nhập khẩu; tmđt tmdt = thương mại điện tử;"
    "shtt = sở hữu trí tuệ; hdv = hướng dẫn viên; cf = cà phê;"
    # taxes and money
    "mst = mã số thuế; tncn = thu nhập cá nhân; tndn = thu nhập doanh nghiệp;"
    "gtgt = giá trị gia tăng; ttđb ttdb = tiêu thụ đặc biệt; hđđt hddt = hóa đơn điện tử;"
    "stk = số tài khoản; nsnn = ngân sách nhà nước; kbnn = kho bạc nhà nước;"
    "nhnn = ngân hàng nhà nước; nhcsxh = ngân hàng chính sách xã hội; csxh = chính sách xã hội;"
    # insurance, labour, health, school, merit
    "bhyt = bảo hiểm y tế; bhxh = bảo hiểm xã hội; bhtn = bảo hiểm thất nghiệp;"
    "nvqs = nghĩa vụ quân sự; nlđ nld = người lao động; hđlđ hdld = hợp đồng lao động;"
    "gplđ gpld = giấy phép lao động; xklđ xkld = xuất khẩu lao động;"
    "tnlđ tnld = tai nạn lao động; bv = bệnh viện; bvđk bvdk = bệnh viện đa khoa;"
    "kcb = khám chữa bệnh; ksk = khám sức khỏe; gksk = giấy khám sức khỏe;"
    "btxh = bảo trợ xã hội; nkt = người khuyết tật; tbls = thương binh liệt sĩ;"
    "tnxp = thanh niên xung phong; ccb = cựu chiến binh; sv = sinh viên; ktx = ký túc xá;"
    "thpt = trung học phổ thông; thcs = trung học cơ sở; gdtx = giáo dục thường xuyên;"
    "gdnn = giáo dục nghề nghiệp; clb = câu lạc bộ;"
    # environment and farming
    "gpmt = giấy phép môi trường; đtm dtm = đánh giá tác động môi trường;"
    "bvmt = bảo vệ môi trường; bvtv = bảo vệ thực vật;"
    # authorities
    "ub = ủy ban; ubnd = ủy ban nhân dân; hđnd = hội đồng nhân dân; cax = công an xã;"
    "mttq = mặt trận tổ quốc; ubmttq = ủy ban mặt trận tổ quốc; bql = ban quản lý;"
    "lđtbxh ldtbxh = lao động thương binh và xã hội; tnmt = tài nguyên và môi trường;"
    "nnmt = nông nghiệp và môi trường; nnptnt = nông nghiệp và phát triển nông thôn;"
    "gdđt gddt = giáo dục và đào tạo; khcn = khoa học và công nghệ; gtvt = giao thông vận tải;"
    "khđt khdt = kế hoạch và đầu tư; vhttdl = văn hóa thể thao và du lịch; tw = trung ương;"
    "snv = sở nội vụ; stp = sở tư pháp; sxd = sở xây dựng; syt = sở y tế;"
    "vpcc = văn phòng công chứng; vpđk vpdk = văn phòng đăng ký;"
    "vpđkđđ vpdkdd = văn phòng đăng ký đất đai; tdp = tổ dân phố;"
    "ttpvhcc = trung tâm phục vụ hành chính công; hcc = hành chính công;"
    # administration
    "tthc = thủ tục hành chính; dvc = dịch vụ công; dvctt = dịch vụ công trực tuyến;"
    "dvcqg = dịch vụ công quốc gia; csdl = cơ sở dữ liệu; cntt = công nghệ thông tin;"
    "cns = công nghệ số; cnscđ = công nghệ số cộng đồng; hs = hồ sơ; kq = kết quả;"
    "đk dk đki dki đkí dkí đky dky = đăng ký; gt gtờ = giấy tờ; ttục = thủ tục;"
    "nđ = nghị định; nq = nghị quyết; qđ qd = quyết định; vb = văn bản;"
    "cbcc = cán bộ công chức; cbccvc = cán bộ công chức viên chức; ccvc = công chức viên chức;"
    # teen-code
    "ko k kh hok hông hổng kô khg khôg khum honk = không; dc đc đượt = được; j ji gj = gì;"
    "z zậy zay dzậy dzay zị = vậy; vs = với; bn bnh bnhiu bnhieu bnhiêu = bao nhiêu;"
    "nhiu nhju = nhiêu; nhìu = nhiều; mn = mọi người; ng ngừi = người; ngta = người ta;"
    "ntn = như thế nào; lm = làm; đt = điện thoại; sđt sdt = số điện thoại;"
    "onl online = trực tuyến; thks thanks thank tks = cảm ơn; oke okie okê = ok; mik = mình;"
    "trc = trước; cx cug cũg = cũng; nx = nữa; mún = muốn; bít bik bit = biết; đag dag = đang;"
    "rùi gòi = rồi; zô dzô = vô; zề zìa = về; wá qá = quá; wa = qua; wên = quên; ik = đi;"
    "fải fai = phải; fí = phí; hnay = hôm nay; hqua = hôm qua; tgian thgian = thời gian;"
    "bgio bgiờ bjo bjờ = bây giờ; trl = trả lời; lh = liên hệ; lquan = liên quan; vde = vấn đề;"
    "klq = không liên quan; yc = yêu cầu; đr = đúng rồi; sg = sài gòn; qng = quảng ngãi;"
    # Central dialect (Quảng Ngãi): only spellings that standard words do not share
    "rứa = vậy; tui = tôi; mần = làm; bển = bên đó; nớ = đó; ni = này; hỉ = nhỉ; chừ = bây giờ"
)
ABBREVIATIONS: dict[str, str] = {
    spelling: meaning.strip()
    for spellings, meaning in (entry.split("=") for entry in "".join(_SPELT_OUT).split(";"))
    for spelling in spellings.split()
}

# Phrases, matched on whole words after the words above were replaced. Words that standard
# Vietnamese shares ("xe mô tô", "răng hàm mặt", "hu hong", "dia chi") change only here.
_PHRASES: tuple[tuple[str, str, str], ...] = (
    # Single letters, unless they name a form, a class, a clause, a place or a people.
    ("r", r"\br\b(?! d\b)", "rồi"),
    (
        "e",
        r"\be\b(?<!form e)(?<!mẫu e)(?<!mau e)(?<!hạng e)(?<!hang e)(?<!loại e)(?<!loai e)"
        r"(?<!khối e)(?<!khoi e)(?<!nhóm e)(?<!nhom e)(?<!gan e)(?<!bằng e)(?<!bang e)(?<!điểm e)"
        r"(?<!diem e)(?<!đ và e)(?<!d va e)(?<!đ e)(?<!c e)(?<!d e)"
        r"(?! (?:contract|visa|passport|learning|commerce|tax|mail|office|invoice|g)\b)",
        "em",
    ),
    (
        "h",
        r"\bh\b(?<!điểm h)(?<!diem h)(?<!người có h)(?<!nguoi co h)(?<!g h)"
        r"(?! (?:bình|binh|sơn|son|tư|tu|nghĩa|nghia|mộ|mo|đức|duc|trà|tra|minh|ba|lý|ly|đăk|đắk"
        r"|dak|kon|ngọc|ngoc|sa|ia|drai|re|rê|mông|mong)\b)",
        "giờ",
    ),
    (
        "v",
        r"\bv(?= (?:ạ|ad|mọi người|bao nhiêu|bạn|em|anh|chị|bác|trời)\b|$)(?<!chữ v)"
        r"(?<!chu v)(?<!dấu v)(?<!dau v)(?<!hạng v)(?<!hang v)(?<!loại v)(?<!nhóm v)(?<!lục v)"
        r"(?<!mục v)(?<!phần v)(?<!chương v)(?<!v v)",
        "vậy",
    ),
    ("v", r"\b(gì|gi|nào|nao|đâu|sao) v\b", r"\1 vậy"),
    ("s", r"\b(làm|lam|bị|bi|là|thì|thi|có|giá|hay|tính|xài|tuyến) s\b", r"\1 sao"),
    ("mk", r"\b(quên|quen|đổi|doi|nhập|nhap|sai|lấy lại|lay lai) mk\b", r"\1 mật khẩu"),
    ("mk", r"\bmk\b", "mình"),
    ("vk", r"\b(cho|hai|quê|của|tên) vk\b", r"\1 vợ"),
    ("vk", r"\bvk (?=ck\b|chồng|mình|em\b|tôi)", "vợ "),
    ("ck", r"\b(vợ|vo) ck\b", r"\1 chồng"),
    ("nd", r"\bnd (?=cp\b|\d\d)", "nghị định "),
    ("nc", r"\bnc (?=(?:ngoài|ngoai|sạch|sach|uống|mắm|thải)\b)", "nước "),
    ("nc", r"\bnc (?=với\b)", "nói chuyện "),
    ("nv", r"\b(sở|so|bộ|bo) nv\b", r"\1 nội vụ"),
    ("nv", r"\bnv (?=quân|quan)", "nghĩa vụ "),
    ("nv", r"\bnv\b", "nhân viên"),
    (
        "lun",
        r"\blun\b(?<!sụt lun)(?<!sut lun)(?<!bi lun)(?<!san lun)(?! (?:nut|sut|dat|xuong)\b)",
        "luôn",
    ),
    ("thui", r"\bthui\b(?<!bê thui)(?<!be thui)(?<!bò thui)(?<!bo thui)(?<!heo thui)", "thôi"),
    ("tp", r"\b(lý lịch|ly lich|lí lịch) tp\b", r"\1 tư pháp"),
    (
        "vp",
        r"\bvp (?=công chứng|cong chung|luật|luat|đăng ký|dang ky|đất|thừa phát|thua phat|giám định"
        r"|giam dinh|đại diện|dai dien)",
        "văn phòng ",
    ),
    ("xd", r"\b(phép|phep|sở|so|bên|ben) xd\b", r"\1 xây dựng"),
    (
        "ks",
        r"\b(giấy|giay|trích lục|trich luc|tờ khai|to khai|bản sao|ban sao) ks\b",
        r"\1 khai sinh",
    ),
    ("sk", r"\b(khám|kham) sk\b", r"\1 sức khỏe"),
    ("bs", r"\bbs (?=giấy|giay|hồ sơ|ho so)", "bổ sung "),
    ("gd", r"\b(sở|bộ|phòng) gd\b", r"\1 giáo dục"),
    ("hk hem", r"\b(được|duoc) (?:hk|hem)\b", r"\1 không"),
    ("ch", r"\bch (?=(?:có|co|thấy|thay|ký|ky|xong|được|duoc|nhận|nhan|biết|biet|rõ)\b)", "chưa "),
    # Dialect, and words that standard Vietnamese shares.
    (
        "mô",
        r"\b(ở|tại|chỗ|đi|về|tới|đến|khi|chừng|người|cái|nơi|xã) mô\b(?! (hình|tô|phỏng|tả|đất))",
        r"\1 đâu",
    ),
    ("mô", r"\bmô (vậy|hè|rồi|hết|cũng|đó|nữa)\b", r"đâu \1"),
    (
        "mo",
        r"\b(o|tai|cho|di|ve|toi|den) mo\b(?! (hinh|to|phong|ta|rong|cua|quan|tiem))",
        r"\1 đâu",
    ),
    ("răng rang reng", r"\b(làm|lam|mần|man|thì|thi|là) (răng|rang|reng)\b", r"\1 sao"),
    ("răng", r"\brăng (vậy|mà|lại|hè|chừ|đó)\b", r"sao \1"),
    ("hong", r"\b(được|duoc|co|có|gi|gì) hong\b", r"\1 không"),
    ("lăm lam", r"\bbao (lăm|lam)\b", "bao nhiêu"),
    # "cảm ơn nhiu" is no question of how much.
    ("nhiêu", r"\b(cảm ơn|cam on|cám ơn)((?: \w+){0,2}) nhiêu\b", r"\1\2 nhiều"),
    # "chi" asks for a thing between these words and those or the end; elsewhere it is "chi
    # phí", or an unaccented "chỉ", "chị" ("dia chi", "chung chi").
    (
        "chi",
        r"\b(giấy tờ|giay to|giấy|giay|cần|can|làm|lam|gồm|gom|là|la|cái|cai|những|nhung|có|co|đem"
        r"|dem|mang|nộp|nop|thêm|them|tờ|biết|biet|việc|viec|tục|tuc) chi\b"
        r"(?= (?:vậy|vay|rứa|rua|hè|he|hết|het|nữa|nua|đó|ạ|a|anh|em|chú|thì|thi|để|mà|ma|luôn|nhỉ"
        r"|hỉ|bác|ad|với)\b|$)",
        r"\1 gì",
    ),
    ("chi", r"\bchi (vậy|rứa|rua|hè|hết|nữa)\b", r"gì \1"),
)
_COMPILED_PHRASES = tuple(
    (frozenset(hinges.split()), re.compile(pattern), new) for hinges, pattern, new in _PHRASES
)
_ALL_HINGES = frozenset[str]().union(*(hinges for hinges, _, _ in _COMPILED_PHRASES))

# "hoà", "khoẻ", "thuỷ" (not after q): the tone on the last letter of oa, oe, uy. As most write
# it, it stands on the letter before: "hòa", "khỏe", "thủy".
_NEW_STYLE = re.compile(r"o[àáảãạèéẻẽẹ](?!\w)|(?<!q)u[ỳýỷỹỵ](?!\w)")
_OLD_STYLE = {
    f"{first}{toned}": f"{moved}{last}"
    for first, all_moved, last, all_toned in (
        ("o", "òóỏõọ", "a", "àáảãạ"),
        ("o", "òóỏõọ", "e", "èéẻẽẹ"),
        ("u", "ùúủũụ", "y", "ỳýỷỹỵ"),
    )
    for moved, toned in zip(all_moved, all_toned, strict=True)
}


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


def tone_style(text: str) -> str:
    """Lower-case text with tones where most writers put them: "hoà", "uỷ" become "hòa", "ủy"."""
    return _NEW_STYLE.sub(lambda match: _OLD_STYLE[match[0]], text)


@functools.lru_cache(maxsize=50_000)
def _normalised_word(word: str) -> str:
    """A lower-case word as it is spelt: no stretched letters, keystrokes or abbreviation."""
    if any(c.isdigit() for c in word):
        return word
    if word not in ABBREVIATIONS:  # "cccd" is no stretched "cd"
        word = _REPEATED_LETTER.sub(r"\1", word)
    if word not in ABBREVIATIONS:  # "tw" is no "tư"
        word = tone_style(from_telex(word))
    return ABBREVIATIONS.get(word) or ABBREVIATIONS.get(word.replace("dd", "đ"), word)


def _without_vni(found: list[str]) -> list[str]:
    """The words with those spelt out that bear VNI's digits, if one of them surely does."""
    spelt = {word: from_vni(word) for word in found if not word.isalpha()}
    if any(word != syllable and is_surely_vni(word) for word, syllable in spelt.items()):
        return [spelt.get(word, word) for word in found]
    return found


def normalise(text: str) -> str:
    """What a citizen wrote, in words the catalogue and the classifier know.

    Lower case, NFC, repeated letters ("đượcccc") reduced, one style of tones, left-overs of
    Telex and VNI, abbreviations, teen-code and dialect spelt out. Codes and numbers stay as
    they are.
    """
    found = words(nfc(text).lower())
    if _VNI_MARK.search(text) and "@" not in text:
        found = _without_vni(found)
    line = " ".join(map(_normalised_word, found))
    said = set(line.split())
    if not _ALL_HINGES.isdisjoint(said):
        for hinges, pattern, replacement in _COMPILED_PHRASES:
            if not hinges.isdisjoint(said):
                line = pattern.sub(replacement, line)
    return line
