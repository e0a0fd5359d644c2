package io.anyserve.metering.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;

/**
 * The page in Chromium. What it must show is asked from the API at the very addresses that the page
 * asked, so that any {@link PageServer} will do.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class UsagePageIT {

  private static final long HOUR_MS = 3_600_000;
  private static final String LINES = "dialog.lines #ledger";

  private Optional<PageServer> started = Optional.empty();
  private Optional<Browser> opened = Optional.empty();
  private String signedIn = "";

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    opened = Browser.start();
    assumeTrue(opened.isPresent(), "no browser (expected: packages chromium and chromium-driver)");
    started = Optional.of(server(directory));
  }

  /** The server under test. */
  private static PageServer server(Path directory) throws Exception {
    return RealPage.start(directory, InstantSource.system());
  }

  @AfterAll
  void stop() {
    opened.ifPresent(Browser::close);
    started.ifPresent(PageServer::close);
  }

  @BeforeEach
  void forget() {
    browser().forget();
  }

  /** Nothing was refused by the policy, nothing broke; what is tested for was taken out before. */
  @AfterEach
  void complainsAboutNothing() {
    assertEquals(List.of(), browser().log());
  }

  private PageServer page() {
    return started.orElseThrow();
  }

  private Browser browser() {
    return opened.orElseThrow();
  }

  /** Asks as who is signed in. */
  private ApiClient api() {
    return new ApiClient(page().address(), signedIn);
  }

  /** Opens the page at that place of it and signs in. */
  private void open(String key, String place) {
    signedIn = key;
    browser().open(page().address() + "/usage" + place);
    WebElement input = browser().find("input[name=key]");
    assertRefused(browser().log());
    input.sendKeys(key, Keys.ENTER);
    browser().find("#sum-tokens");
    browser().until("live", "document.querySelector('.pulse.on')");
  }

  /** The browser itself reports that the API answered 401. */
  private static void assertRefused(List<String> log) {
    assertFalse(log.isEmpty());
    log.forEach(line -> assertTrue(line.contains("401"), line));
  }

  @Test
  void showsTheSumsOfTheApi() {
    open(page().key(), "#range=quarter");
    JsonNode points = asked("by=none").path("series").path(0).path("points");
    assertTrue(points.size() >= 89, "one day may begin meanwhile: " + points.size());
    double tokens = sum(points, "prompt_tokens") + sum(points, "completion_tokens");
    assertTrue(tokens > 0);
    assertEquals(tokens, shown("#sum-tokens"));
    assertEquals(sum(points, "requests"), shown("#sum-requests"));
    assertEquals(sum(points, "cost_micros"), shown("#sum-cost"));
    assertEquals(sum(points, "failed"), shown("#sum-failed"));
    assertEquals(sum(points, "cached_tokens"), shown("#sum-cached"));
  }

  @Test
  void chartsHaveTheFiguresOfTheApi() {
    open(page().key(), "#range=week&by=model");
    browser().find(".wide .as-table summary").click();
    browser().find(".wide .as-table tbody tr");
    JsonNode series = asked("&by=model").path("series");
    double expected =
        series.valueStream().map(one -> one.path("points")).mapToDouble(UsagePageIT::tokens).sum();
    assertEquals(
        168, browser().number("document.querySelectorAll('.wide .as-table tbody tr').length"));
    assertEquals(expected, tableSum(".wide .as-table"));
  }

  @Test
  void tenThousandSessionsAreSummedByTheServer() {
    open(page().key(), "#range=quarter&by=session");
    browser().until("ranking", "document.querySelectorAll('#top-session tbody tr').length === 10");
    JsonNode first = asked("top?by=session").path("rows").path(0);
    assertEquals(
        first.path("name").path("session").asString(""),
        browser().find("#top-session tbody button").getText());
    assertEquals(tokens(first.path("totals")), shown("#top-session tbody data"));
    browser().until("legend", "document.querySelectorAll('.wide .legend .series').length === 9");
    assertEquals(
        "other",
        browser().text("[...document.querySelectorAll('.wide .legend .name')].at(-1).textContent"));
    browser().find(".wide .as-table summary").click();
    browser().find(".wide .as-table tbody tr");
    double all = series("&by=session").mapToDouble(UsagePageIT::tokens).sum();
    assertEquals(all, tableSum(".wide .as-table"));
  }

  @Test
  void showsWhatIsUsed() {
    open(page().key(), "");
    showsUseOf(345);
    showsUseOf(346);
    browser()
        .until(
            "spoken", "document.querySelector('#live-spoken').textContent.includes('per second')");
    browser().until("quiet again", "document.querySelector('#live-tokens').value === '0'");
  }

  private void showsUseOf(long prompt) {
    page().use(prompt, 3_000);
    String tokens = "3," + prompt;
    browser()
        .until(
            "the line",
            "document.querySelector('.latest').textContent.includes(arguments[0])"
                + " && document.querySelector('#live-tokens').value > 0",
            tokens);
  }

  @Test
  void choosesTheTime() {
    open(page().key(), "");
    List<String> names = List.of("Hour", "Day", "Week", "30 days", "90 days");
    List<String> sizes = List.of("minute", "hour", "hour", "day", "day");
    List<Integer> windows = List.of(60, 24, 168, 30, 90);
    for (int i = 0; i < names.size(); i++) {
      browser().button(".toolbar", names.get(i)).click();
      String size = sizes.get(i);
      browser()
          .until(
              size,
              "document.querySelector('#shown-range').textContent.includes('by ' + arguments[0])",
              size);
      untilAsked("size=" + size, windows.get(i) * length(size));
    }
  }

  @Test
  void choosesACustomTime() {
    open(page().key(), "");
    browser().button(".toolbar", "Custom…").click();
    browser().find(".custom input");
    Instant to = Instant.ofEpochMilli(System.currentTimeMillis() / HOUR_MS * HOUR_MS);
    set("from", to.minusSeconds(5 * 86_400));
    set("to", to.minusSeconds(6 * 86_400));
    browser().button(".custom", "Show").click();
    assertEquals("false", browser().text("document.querySelector('.custom').checkValidity()"));
    set("to", to);
    browser().button(".custom", "Show").click();
    untilAsked("size=hour", 5 * 24 * HOUR_MS);
    browser().reload();
    browser().find("#sum-tokens");
    untilAsked("size=hour", 5 * 24 * HOUR_MS);
  }

  @Test
  void drillsDownFromARow() {
    open(page().key(), "#range=day");
    WebElement row = browser().find("#top-session tbody button");
    String session = row.getText();
    row.click();
    browser().find(LINES);
    JsonNode lines = asked("lines?").path("lines");
    assertEquals(50, lines.size());
    assertEquals(lines.path(0).path("request_id").asString(""), cell(1, 2));
    assertEquals(session, cell(1, 5));
    double cost = lines.path(0).path("cost_micros").asDouble() / 1e6;
    assertEquals(cost, Double.parseDouble(cell(1, 9).replace("$", "")), 1e-9);
    String first = cell(1, 2);
    browser().button("dialog .pages", "Next").click();
    browser()
        .until("page 2", "document.querySelector('dialog .pages').textContent.includes('Page 2')");
    browser()
        .until(
            "other lines",
            "document.querySelector('#ledger tbody td').textContent !== arguments[0]",
            first);
    browser().button("dialog .pages", "Previous").click();
    browser()
        .until(
            "page 1",
            "document.querySelector('#ledger tbody td').textContent === arguments[0]",
            first);
    browser().find("dialog select").sendKeys("failed");
    browser()
        .until(
            "failed",
            "document.querySelector('#ledger .outcome')"
                + " && [...document.querySelectorAll('#ledger .outcome')].every(o => o.textContent === 'failed')");
  }

  @Test
  void showsRequestsThatNobodyTook() {
    open(page().key(), "#range=day");
    browser().find("#top-model tbody button");
    browser().button("#top-model", "nobody").click();
    browser().find(LINES);
    int lines = asked("lines?").path("lines").size();
    assertTrue(lines > 0);
    assertEquals(lines, browser().all("#ledger tbody tr").size());
    assertEquals("failed NO_WORKER", cell(1, 3));
    assertEquals("nobody", cell(1, 4));
    assertEquals("$0.00", cell(1, 9));
  }

  @Test
  void drillsDownFromAPointOfTheChart() {
    open(page().key(), "#range=day&by=model");
    browser().clickAt(browser().find(".wide .plot .u-over"), 0.4, 0.97);
    browser().find(LINES);
    String query = last("lines?");
    assertTrue(query.contains("model="), query);
    assertEquals(HOUR_MS, parameter(query, "to") - parameter(query, "from"));
    assertEquals(0, parameter(query, "from") % HOUR_MS);
  }

  @Test
  void worksWithTheKeyboardAlone() {
    open(page().key(), "#range=day");
    browser().press("4");
    untilAsked("size=day", 30 * 24 * HOUR_MS);
    browser().run("document.querySelector('.toolbar button').focus()");
    browser().press(Keys.TAB);
    assertEquals("Day", browser().text("document.activeElement.textContent"));
    assertNotEquals(
        "none", browser().text("getComputedStyle(document.activeElement).outlineStyle"));
    browser().press(Keys.ENTER);
    untilAsked("size=hour", 24 * HOUR_MS);
    browser().until("chart", "document.querySelector('.wide .plot .u-over')");
    browser().run("document.querySelector('.wide .plot').focus()");
    browser().press(Keys.END, Keys.ARROW_LEFT);
    browser()
        .until(
            "point",
            "!document.querySelector('.wide .legend .when').textContent.includes('Whole')");
    browser().press(Keys.ENTER);
    browser().find(LINES);
    assertEquals(
        "true",
        browser().text("document.querySelector('dialog').contains(document.activeElement)"));
    browser().press(Keys.ESCAPE);
    browser().until("closed", "!document.querySelector('dialog')");
    browser().until("focus is back", "document.activeElement.classList.contains('plot')");
  }

  @Test
  void offersCsv() {
    open(page().key(), "#range=day");
    List<WebElement> links = browser().all("a.csv");
    assertEquals(4, links.size());
    for (WebElement link : links) {
      String url = link.getAttribute("href");
      var answer = api().get(String.valueOf(url));
      assertEquals(200, answer.statusCode(), url);
      assertTrue(answer.headers().firstValue("content-type").orElse("").startsWith("text/csv"));
    }
  }

  @Test
  void isLightAndDark() {
    open(page().key(), "");
    String light = background();
    browser().prefer("dark");
    browser()
        .until(
            "system is dark",
            "getComputedStyle(document.body).backgroundColor !== arguments[0]",
            light);
    String dark = background();
    browser().button(".top", "light").click();
    assertEquals(light, background());
    browser().reload();
    browser().find("#sum-tokens");
    assertEquals(light, background());
    browser().press("t");
    assertEquals(dark, background());
  }

  @Test
  void fitsAPhone() {
    open(page().adminKey(), "");
    browser().resize(Browser.PHONE, 780);
    browser().until("narrow", "innerWidth === " + Browser.PHONE);
    assertFits();
    browser().button(".toolbar", "Custom…").click();
    browser().find(".custom");
    assertFits();
    browser().press(Keys.ESCAPE);
    browser().find("#top-session tbody button").click();
    browser().find(LINES);
    assertFits();
    assertTrue(
        browser().number("document.querySelector('dialog').getBoundingClientRect().width")
            <= Browser.PHONE);
  }

  private void assertFits() {
    assertTrue(browser().number("document.documentElement.scrollWidth") <= Browser.PHONE);
  }

  @Test
  void paintsAfterFewQuestions() {
    open(page().key(), "#range=quarter&by=session");
    browser().reload();
    browser().find("#sum-tokens");
    browser()
        .run(
            "new PerformanceObserver(l => window.painted = l.getEntries()[0].startTime)"
                + ".observe({type: 'paint', buffered: true})");
    browser().until("paint", "window.painted");
    assertTrue(browser().asked("/v1/usage/").size() < 15, "few questions");
  }

  @Test
  void tenantsSeeThemselvesAlone() {
    open(page().key(), "#by=tenant");
    assertEquals(page().tenant(), browser().find("#who").getText());
    assertEquals(List.of(), browser().all("#tenant, #top-tenant"));
    assertFalse(browser().find(".wide .tools").getText().contains("Tenant"));
    assertEquals(List.of(), browser().asked("by=tenant"));
  }

  @Test
  void adminsSeeAllTenants() {
    open(page().adminKey(), "#range=week&by=tenant");
    browser().find("#top-tenant");
    int tenants = asked("by=tenant&measure").path("rows").size();
    assertTrue(tenants > 1);
    assertEquals(tenants, browser().all("#top-tenant tbody tr").size());
    assertEquals(tenants, browser().all("#tenants option").size());
    double all = shown("#sum-tokens");
    browser().find("#tenant").sendKeys(page().tenant(), Keys.ENTER);
    browser()
        .until("one tenant", "document.querySelector('#sum-tokens')?.value < arguments[0]", all);
    assertEquals(
        tokens(asked("by=none").path("series").path(0).path("points")), shown("#sum-tokens"));
    assertTrue(last("by=none").contains("tenant=" + page().tenant()));
    assertEquals(List.of(), browser().all("#top-tenant"));
  }

  @Test
  void showsQuotasAndHowLongTheyLast() {
    open(page().key(), "");
    browser().find(".quota");
    JsonNode limits = asked("quotas").path("limits");
    assertEquals(limits.size(), browser().all(".quota").size());
    for (int i = 0; i < limits.size(); i++) {
      String quota = browser().all(".quota").get(i).getText();
      assertTrue(quota.contains(limits.path(i).path("scope").asString("")), quota);
      assertTrue(quota.contains("pace") || quota.contains("Used up"), quota);
    }
  }

  @Test
  void signsInAndOut() {
    browser().open(page().address() + "/usage");
    browser().find("input[name=key]").sendKeys("no-such-key", Keys.ENTER);
    browser().until("refused", "document.querySelector('.error').textContent !== ''");
    assertEquals(List.of(), browser().all("#sum-tokens"));
    assertRefused(browser().log());
    WebElement input = browser().find("input[name=key]");
    input.clear();
    input.sendKeys(page().key(), Keys.ENTER);
    browser().find("#sum-tokens");
    String known =
        browser()
            .text(
                "location.href + document.cookie + JSON.stringify({...localStorage, ...sessionStorage})");
    assertFalse(known.contains(page().key()), known);
    browser().button(".top", "Sign out").click();
    browser().find("input[name=key]");
    assertRefused(browser().log());
  }

  @Test
  void saysWhatIsWrongAndAsksAgain() {
    open(page().key(), "");
    browser().block("*/v1/usage/top*");
    browser().press("3", "r");
    browser().until("trouble", "document.querySelectorAll('.trouble').length === 3");
    browser().block();
    browser().until("recovery", "document.querySelectorAll('.trouble').length === 0");
    browser().find("#top-session tbody tr");
    browser().log();
  }

  /** Proves that the policy is in force, and that the other tests would notice what it refuses. */
  @Test
  void policyIsEnforced() {
    open(page().key(), "");
    browser().run("document.body.setAttribute('style', 'color: red')");
    String log = browser().log().toString();
    assertTrue(log.contains("Content Security Policy"), log);
  }

  /** The API's answer to what the page asked last, of those addresses that contain that. */
  private JsonNode asked(String part) {
    return api().json(last(part));
  }

  private String last(String part) {
    browser()
        .until(
            "question " + part,
            "performance.getEntriesByType('resource').some(e => e.name.includes(arguments[0]))",
            part);
    return browser().asked(part).getLast();
  }

  private Stream<JsonNode> series(String part) {
    return asked(part).path("series").valueStream().map(one -> one.path("points"));
  }

  private void untilAsked(String size, long span) {
    browser()
        .until(
            size + " over " + span + " ms",
            "performance.getEntriesByType('resource').map(e => new URL(e.name)).some(u => u.search.includes(arguments[0])"
                + " && u.searchParams.get('to') - u.searchParams.get('from') === arguments[1])",
            size,
            span);
  }

  private static long length(String size) {
    return switch (size) {
      case "minute" -> 60_000;
      case "hour" -> HOUR_MS;
      default -> 24 * HOUR_MS;
    };
  }

  private void set(String name, Instant time) {
    browser()
        .run(
            "const input = document.querySelector(`.custom input[name=${arguments[0]}]`);"
                + "input.value = arguments[1]; input.dispatchEvent(new Event('input', {bubbles: true}))",
            name,
            time.toString().substring(0, 16));
  }

  private double shown(String css) {
    return browser().number("document.querySelector(arguments[0]).value", css);
  }

  private String cell(int row, int column) {
    String css = "#ledger tbody tr:nth-child(%d) > :nth-child(%d)".formatted(row, column);
    return browser().text("document.querySelector(arguments[0]).textContent", css);
  }

  private double tableSum(String css) {
    return browser()
        .number(
            "[...document.querySelectorAll(arguments[0] + ' data')].reduce((n, d) => n + Number(d.value), 0)",
            css);
  }

  private String background() {
    return browser().text("getComputedStyle(document.body).backgroundColor");
  }

  private static long parameter(String url, String name) {
    return Long.parseLong(url.replaceFirst(".*[?&]" + name + "=(\\d+).*", "$1"));
  }

  private static double tokens(JsonNode totals) {
    return sum(totals, "prompt_tokens") + sum(totals, "completion_tokens");
  }

  /** Of the points of a series, or of one total. */
  private static double sum(JsonNode totals, String name) {
    return totals.isArray()
        ? totals
            .valueStream()
            .flatMapToDouble(point -> DoubleStream.of(point.path(name).asDouble()))
            .sum()
        : totals.path(name).asDouble();
  }
}
