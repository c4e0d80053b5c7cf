"""Eight procedures with citizens' words for them, enough to search in."""

from __future__ import annotations

from tests.catalogue.exports import procedure

PROCEDURES = [
    procedure("1.000001", "Đăng ký khai sinh", plain_name="Làm giấy khai sinh cho trẻ"),
    procedure("1.000002", "Đăng ký khai tử"),
    procedure("1.000003", "Đăng ký kết hôn"),
    procedure("1.000004", "Đăng ký tạm trú"),
    procedure("1.000005", "Cấp lại giấy phép lái xe", level="province"),
    procedure("1.000006", "Cấp giấy phép xây dựng nhà ở riêng lẻ"),
    procedure("1.000007", "Cấp giấy phép kinh doanh rượu", level="province"),
    procedure("1.000008", "Cấp giấy phép kinh doanh rượu"),
]
ALIASES = [
    ("1.000001", "em bé mới chào đời"),
    ("1.000001", "khai sinh cho con"),
    ("1.000003", "hai đứa cưới nhau"),
    ("9.999999", "chỉ có ở lần nhập sau"),
]
LEXICON = [("bằng lái", "giấy phép lái xe"), ("báo tử", "đăng ký khai tử")]
