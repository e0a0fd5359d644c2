package io.anyserve.metering.page;

import static io.anyserve.metering.page.UsagePage.HOUR_MS;
import static io.anyserve.metering.page.UsagePage.LINES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

final class UsagePageDisplayIT {

  @RegisterExtension static final UsagePage page = new UsagePage();

  @Test
  void isLightAndDark() {
    page.open(page.server().key(), "");
    String light = background();
    page.browser().prefer("dark");
    page.browser()
        .until(
            "system is dark",
            "getComputedStyle(document.body).backgroundColor !== arguments[0]",
            light);
    String dark = background();
    page.browser().button(".top", "light").click();
    assertEquals(light, background());
    page.browser().reload();
    page.browser().find("#sum-tokens");
    assertEquals(light, background());
    page.browser().press("t");
    assertEquals(dark, background());
  }

  @Test
  void fitsAPhone() {
    page.open(page.server().adminKey(), "");
    page.browser().resize(Browser.PHONE, 780);
    page.browser().until("narrow", "innerWidth === " + Browser.PHONE);
    assertFits();
    page.browser().button(".toolbar", "Custom…").click();
    page.browser().find(".custom");
    assertFits();
    page.browser().press(Keys.ESCAPE);
    page.browser().find("#top-session tbody button").click();
    page.browser().find(LINES);
    assertFits();
    assertTrue(
        page.browser().number("document.querySelector('dialog').getBoundingClientRect().width")
            <= Browser.PHONE);
  }

  @Test
  void worksWithTheKeyboardAlone() {
    page.open(page.server().key(), "#range=day");
    page.browser().press("4");
    page.untilAsked("size=day", 30 * 24 * HOUR_MS);
    page.browser().run("document.querySelector('.toolbar button').focus()");
    page.browser().press(Keys.TAB);
    assertEquals("Day", page.browser().text("document.activeElement.textContent"));
    assertNotEquals(
        "none", page.browser().text("getComputedStyle(document.activeElement).outlineStyle"));
    page.browser().press(Keys.ENTER);
    page.untilAsked("size=hour", 24 * HOUR_MS);
    page.browser().until("chart", "document.querySelector('.wide .plot .u-over')");
    page.browser().run("document.querySelector('.wide .plot').focus()");
    page.browser().press(Keys.END, Keys.ARROW_LEFT);
    page.browser()
        .until(
            "point",
            "!document.querySelector('.wide .legend .when').textContent.includes('Whole')");
    page.browser().press(Keys.ENTER);
    page.browser().find(LINES);
    assertEquals(
        "true",
        page.browser().text("document.querySelector('dialog').contains(document.activeElement)"));
    page.browser().press(Keys.ESCAPE);
    page.browser().until("closed", "!document.querySelector('dialog')");
    page.browser().until("focus is back", "document.activeElement.classList.contains('plot')");
  }

  private String background() {
    return page.browser().text("getComputedStyle(document.body).backgroundColor");
  }

  private void assertFits() {
    assertTrue(page.browser().number("document.documentElement.scrollWidth") <= Browser.PHONE);
  }
}
