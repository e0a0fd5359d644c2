package io.anyserve.metering.page;

import static io.anyserve.metering.page.UsagePage.HOUR_MS;
import static io.anyserve.metering.page.UsagePage.LINES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;

final class UsagePageNavigationIT {

  @RegisterExtension static final UsagePage page = new UsagePage();

  @Test
  void choosesTheTime() {
    page.open(page.server().key(), "");
    List<String> names = List.of("Hour", "Day", "Week", "30 days", "90 days");
    List<String> sizes = List.of("minute", "hour", "hour", "day", "day");
    List<Integer> windows = List.of(60, 24, 168, 30, 90);
    for (int i = 0; i < names.size(); i++) {
      page.browser().button(".toolbar", names.get(i)).click();
      String size = sizes.get(i);
      page.browser()
          .until(
              size,
              "document.querySelector('#shown-range').textContent.includes('by ' + arguments[0])",
              size);
      page.untilAsked("size=" + size, windows.get(i) * length(size));
    }
  }

  @Test
  void choosesACustomTime() {
    page.open(page.server().key(), "");
    page.browser().button(".toolbar", "Custom…").click();
    page.browser().find(".custom input");
    Instant to = Instant.ofEpochMilli(System.currentTimeMillis() / HOUR_MS * HOUR_MS);
    set("from", to.minusSeconds(5 * 86_400));
    set("to", to.minusSeconds(6 * 86_400));
    page.browser().button(".custom", "Show").click();
    assertEquals("false", page.browser().text("document.querySelector('.custom').checkValidity()"));
    set("to", to);
    page.browser().button(".custom", "Show").click();
    page.untilAsked("size=hour", 5 * 24 * HOUR_MS);
    page.browser().reload();
    page.browser().find("#sum-tokens");
    page.untilAsked("size=hour", 5 * 24 * HOUR_MS);
  }

  @Test
  void drillsDownFromARow() {
    page.open(page.server().key(), "#range=day");
    WebElement row = page.browser().find("#top-session tbody button");
    String session = row.getText();
    row.click();
    page.browser().find(LINES);
    JsonNode lines = page.asked("lines?").path("lines");
    assertEquals(50, lines.size());
    assertEquals(lines.path(0).path("request_id").asString(""), page.cell(1, 2));
    assertEquals(session, page.cell(1, 5));
    double cost = lines.path(0).path("cost_micros").asDouble() / 1e6;
    assertEquals(cost, Double.parseDouble(page.cell(1, 9).replace("$", "")), 1e-9);
    String first = page.cell(1, 2);
    page.browser().button("dialog .pages", "Next").click();
    page.browser()
        .until("page 2", "document.querySelector('dialog .pages').textContent.includes('Page 2')");
    page.browser()
        .until(
            "other lines",
            "document.querySelector('#ledger tbody td').textContent !== arguments[0]",
            first);
    page.browser().button("dialog .pages", "Previous").click();
    page.browser()
        .until(
            "page 1",
            "document.querySelector('#ledger tbody td').textContent === arguments[0]",
            first);
    page.browser().find("dialog select").sendKeys("failed");
    page.browser()
        .until(
            "failed",
            "document.querySelector('#ledger .outcome')"
                + " && [...document.querySelectorAll('#ledger .outcome')].every(o => o.textContent === 'failed')");
  }

  @Test
  void showsRequestsThatNobodyTook() {
    page.open(page.server().key(), "#range=day");
    page.browser().find("#top-model tbody button");
    page.browser().button("#top-model", "nobody").click();
    page.browser().find(LINES);
    int lines = page.asked("lines?").path("lines").size();
    assertTrue(lines > 0);
    assertEquals(lines, page.browser().all("#ledger tbody tr").size());
    assertEquals("failed NO_WORKER", page.cell(1, 3));
    assertEquals("nobody", page.cell(1, 4));
    assertEquals("$0.00", page.cell(1, 9));
  }

  @Test
  void drillsDownFromAPointOfTheChart() {
    page.open(page.server().key(), "#range=day&by=model");
    page.browser().clickAt(page.browser().find(".wide .plot .u-over"), 0.4, 0.97);
    page.browser().find(LINES);
    String query = page.last("lines?");
    assertTrue(query.contains("model="), query);
    assertEquals(HOUR_MS, parameter(query, "to") - parameter(query, "from"));
    assertEquals(0, parameter(query, "from") % HOUR_MS);
  }

  @Test
  void offersCsv() {
    page.open(page.server().key(), "#range=day");
    List<WebElement> links = page.browser().all("a.csv");
    assertEquals(4, links.size());
    for (WebElement link : links) {
      String url = link.getAttribute("href");
      var answer = page.api().get(String.valueOf(url));
      assertEquals(200, answer.statusCode(), url);
      assertTrue(answer.headers().firstValue("content-type").orElse("").startsWith("text/csv"));
    }
  }

  private static long length(String size) {
    return switch (size) {
      case "minute" -> 60_000;
      case "hour" -> HOUR_MS;
      default -> 24 * HOUR_MS;
    };
  }

  private void set(String name, Instant time) {
    page.browser()
        .run(
            "const input = document.querySelector(`.custom input[name=${arguments[0]}]`);"
                + "input.value = arguments[1]; input.dispatchEvent(new Event('input', {bubbles: true}))",
            name,
            time.toString().substring(0, 16));
  }

  private static long parameter(String url, String name) {
    return Long.parseLong(url.replaceFirst(".*[?&]" + name + "=(\\d+).*", "$1"));
  }
}
