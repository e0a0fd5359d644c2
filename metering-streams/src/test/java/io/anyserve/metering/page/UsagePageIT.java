package io.anyserve.metering.page;

import static io.anyserve.metering.page.UsagePage.sum;
import static io.anyserve.metering.page.UsagePage.tokens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

final class UsagePageIT {

  @RegisterExtension static final UsagePage page = new UsagePage();

  @Test
  void showsTheSumsOfTheApi() {
    page.open(page.server().key(), "#range=quarter");
    JsonNode points = page.asked("by=none").path("series").path(0).path("points");
    assertTrue(points.size() >= 89, "one day may begin meanwhile: " + points.size());
    double tokens = sum(points, "prompt_tokens") + sum(points, "completion_tokens");
    assertTrue(tokens > 0);
    assertEquals(tokens, page.shown("#sum-tokens"));
    assertEquals(sum(points, "requests"), page.shown("#sum-requests"));
    assertEquals(sum(points, "cost_micros"), page.shown("#sum-cost"));
    assertEquals(sum(points, "failed"), page.shown("#sum-failed"));
    assertEquals(sum(points, "cached_tokens"), page.shown("#sum-cached"));
  }

  @Test
  void chartsHaveTheFiguresOfTheApi() {
    page.open(page.server().key(), "#range=week&by=model");
    page.browser().find(".wide .as-table summary").click();
    page.browser().find(".wide .as-table tbody tr");
    JsonNode series = page.asked("&by=model").path("series");
    double expected =
        series.valueStream().map(one -> one.path("points")).mapToDouble(UsagePage::tokens).sum();
    assertEquals(
        168, page.browser().number("document.querySelectorAll('.wide .as-table tbody tr').length"));
    assertEquals(expected, page.tableSum(".wide .as-table"));
  }

  @Test
  void tenThousandSessionsAreSummedByTheServer() {
    page.open(page.server().key(), "#range=quarter&by=session");
    page.browser()
        .until("ranking", "document.querySelectorAll('#top-session tbody tr').length === 10");
    JsonNode first = page.asked("top?by=session").path("rows").path(0);
    assertEquals(
        first.path("name").path("session").asString(""),
        page.browser().find("#top-session tbody button").getText());
    assertEquals(tokens(first.path("totals")), page.shown("#top-session tbody data"));
    page.browser()
        .until("legend", "document.querySelectorAll('.wide .legend .series').length === 9");
    assertEquals(
        "other",
        page.browser()
            .text("[...document.querySelectorAll('.wide .legend .name')].at(-1).textContent"));
    page.browser().find(".wide .as-table summary").click();
    page.browser().find(".wide .as-table tbody tr");
    double all = page.series("&by=session").mapToDouble(UsagePage::tokens).sum();
    assertEquals(all, page.tableSum(".wide .as-table"));
  }

  @Test
  void showsWhatIsUsed() {
    page.open(page.server().key(), "");
    showsUseOf(345);
    showsUseOf(346);
    page.browser()
        .until(
            "spoken", "document.querySelector('#live-spoken').textContent.includes('per second')");
    page.browser().until("quiet again", "document.querySelector('#live-tokens').value === '0'");
  }

  private void showsUseOf(long prompt) {
    page.server().use(prompt, 3_000);
    String tokens = "3," + prompt;
    page.browser()
        .until(
            "the line",
            "document.querySelector('.latest').textContent.includes(arguments[0])"
                + " && document.querySelector('#live-tokens').value > 0",
            tokens);
  }

  @Test
  void showsQuotasAndHowLongTheyLast() {
    page.open(page.server().key(), "");
    page.browser().find(".quota");
    JsonNode limits = page.asked("quotas").path("limits");
    assertEquals(limits.size(), page.browser().all(".quota").size());
    for (int i = 0; i < limits.size(); i++) {
      String quota = page.browser().all(".quota").get(i).getText();
      assertTrue(quota.contains(limits.path(i).path("scope").asString("")), quota);
      assertTrue(quota.contains("pace") || quota.contains("Used up"), quota);
    }
  }

  @Test
  void paintsAfterFewQuestions() {
    page.open(page.server().key(), "#range=quarter&by=session");
    page.browser().reload();
    page.browser().find("#sum-tokens");
    page.browser()
        .run(
            "new PerformanceObserver(l => window.painted = l.getEntries()[0].startTime)"
                + ".observe({type: 'paint', buffered: true})");
    page.browser().until("paint", "window.painted");
    assertTrue(page.browser().asked("/v1/usage/").size() < 15, "few questions");
  }
}
