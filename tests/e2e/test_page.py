"""The demo page in a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.running_bot import RunningBot

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=400,800",
)
SECONDS = 20


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        reason = "Chromium and its driver are not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options, service=Service(driver)) as running:
        yield running


def said_by_bot(browser: WebDriver) -> list[str]:
    return [e.text for e in browser.find_elements(By.CSS_SELECTOR, ".said.bot")]


def wait_until(browser: WebDriver, condition: object) -> None:
    WebDriverWait(browser, SECONDS).until(condition)  # type: ignore[arg-type]


@pytest.fixture
def page(browser: WebDriver, bot: RunningBot) -> WebDriver:
    browser.get(bot.url)
    browser.execute_script("sessionStorage.clear()")
    browser.get(bot.url)
    wait_until(browser, lambda b: len(said_by_bot(b)) == 1)
    return browser


def type_message(page: WebDriver, text: str) -> None:
    field = page.find_element(By.ID, "message")
    field.send_keys(text, Keys.ENTER)


def test_a_citizen_chats_types_and_presses_a_button(page: WebDriver) -> None:
    assert "máy trả lời tự động" in said_by_bot(page)[0]
    type_message(page, "lam giay khai sinh can giay to gi")
    wait_until(page, lambda b: len(said_by_bot(b)) == 2)
    assert "Giấy chứng sinh" in said_by_bot(page)[1]
    buttons = page.find_elements(By.CSS_SELECTOR, ".choices button:enabled")
    next(b for b in buttons if b.text == "Nộp ở đâu").click()
    wait_until(page, lambda b: len(said_by_bot(b)) == 3)
    assert "Nơi nộp" in said_by_bot(page)[2]
    citizen = [e.text for e in page.find_elements(By.CSS_SELECTOR, ".said.citizen")]
    assert citizen == ["lam giay khai sinh can giay to gi", "Nộp ở đâu"]


def test_markup_in_a_message_stays_text(page: WebDriver) -> None:
    type_message(page, "<img src=x onerror=alert(1)> xin chào")
    wait_until(page, lambda b: len(said_by_bot(b)) == 2)
    assert page.find_elements(By.CSS_SELECTOR, "#log img") == []


def test_the_checklist_opens_as_a_page_that_can_be_printed(page: WebDriver) -> None:
    type_message(page, "in hết giấy tờ đăng ký tạm trú ra một tờ cho tui đem theo")
    wait_until(page, lambda b: b.find_elements(By.CSS_SELECTOR, ".said.bot a[href*='/p/']"))
    address = page.find_element(By.CSS_SELECTOR, ".said.bot a[href*='/p/']").get_attribute("href")
    assert address is not None
    page.get(address)
    assert "tạm trú" in page.find_element(By.TAG_NAME, "h1").text.lower()
    assert len(page.find_elements(By.CSS_SELECTOR, "input[type=checkbox]")) >= 2


def test_other_addresses_in_a_message_are_no_links(page: WebDriver) -> None:
    type_message(page, "https://evil.example/p/1 và javascript:alert(1)")
    wait_until(page, lambda b: len(said_by_bot(b)) == 2)
    links = page.find_elements(By.CSS_SELECTOR, "#log a")
    assert [link.get_attribute("href") for link in links] == []


def test_no_message_falls_silent(page: WebDriver) -> None:
    type_message(page, "/restart")
    wait_until(page, lambda b: len(said_by_bot(b)) == 2)
    assert "dừng lại" in said_by_bot(page)[1]


def test_the_session_lives_through_a_reload(page: WebDriver) -> None:
    type_message(page, "đăng ký tạm trú cần giấy tờ gì")
    wait_until(page, lambda b: len(said_by_bot(b)) == 2)
    page.refresh()
    wait_until(page, lambda b: len(said_by_bot(b)) == 1)
    type_message(page, "phí bao nhiêu")
    wait_until(page, lambda b: len(said_by_bot(b)) == 2)
    assert "7.000 đồng" in said_by_bot(page)[1]


def test_a_forged_session_is_replaced(page: WebDriver, bot: RunningBot) -> None:
    page.execute_script("sessionStorage.setItem('tro-ly-session', 'deadbeef.0000')")
    page.get(bot.url)
    wait_until(page, lambda b: len(said_by_bot(b)) == 1)
    stored = page.execute_script("return sessionStorage.getItem('tro-ly-session')")
    assert stored.split(".")[0] != "deadbeef"


def test_the_browser_reports_no_errors(page: WebDriver) -> None:
    severe = [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []
