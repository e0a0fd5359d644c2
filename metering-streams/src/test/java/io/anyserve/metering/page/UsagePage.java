package io.anyserve.metering.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;

/**
 * The page in Chromium, started once for all tests. What it must show is asked from the API at the
 * very addresses that the page asked, so that any {@link PageServer} will do.
 */
final class UsagePage implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {

  static final long HOUR_MS = 3_600_000;
  static final String LINES = "dialog.lines #ledger";

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(UsagePage.class);

  /** The browser and the server under test; both absent where there is no browser. */
  private record Started(Path directory, Optional<Browser> browser, Optional<PageServer> server)
      implements AutoCloseable {

    static Started start() {
      Optional<Browser> browser = Browser.start();
      try {
        Path directory = Files.createTempDirectory("usage-page");
        Optional<PageServer> server =
            browser.isPresent()
                ? Optional.of(RealPage.start(directory, InstantSource.system()))
                : Optional.empty();
        return new Started(directory, browser, server);
      } catch (Exception e) {
        browser.ifPresent(Browser::close);
        throw new IllegalStateException("the page did not start", e);
      }
    }

    @Override
    public void close() throws IOException {
      browser.ifPresent(Browser::close);
      server.ifPresent(PageServer::close);
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private Optional<Started> started = Optional.empty();
  private String signedIn = "";

  @Override
  public void beforeAll(ExtensionContext context) {
    Started found =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent("started", _ -> Started.start(), Started.class);
    assumeTrue(
        found.browser().isPresent(),
        "no browser (expected: packages chromium and chromium-driver)");
    started = Optional.of(found);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    browser().forget();
  }

  /** Nothing was refused by the policy, nothing broke; what is tested for was taken out before. */
  @Override
  public void afterEach(ExtensionContext context) {
    assertEquals(List.of(), browser().log());
  }

  PageServer server() {
    return started.flatMap(Started::server).orElseThrow();
  }

  Browser browser() {
    return started.flatMap(Started::browser).orElseThrow();
  }

  /** Asks as who is signed in. */
  ApiClient api() {
    return new ApiClient(server().address(), signedIn);
  }

  /** Opens the page at that place of it and signs in. */
  void open(String key, String place) {
    signedIn = key;
    browser().open(server().address() + "/usage" + place);
    WebElement input = browser().find("input[name=key]");
    assertRefused(browser().log());
    input.sendKeys(key, Keys.ENTER);
    browser().find("#sum-tokens");
    browser().until("live", "document.querySelector('.pulse.on')");
  }

  /** The browser itself reports that the API answered 401. */
  static void assertRefused(List<String> log) {
    assertFalse(log.isEmpty());
    log.forEach(line -> assertTrue(line.contains("401"), line));
  }

  /** The API's answer to what the page asked last, of those addresses that contain that. */
  JsonNode asked(String part) {
    return api().json(last(part));
  }

  String last(String part) {
    browser()
        .until(
            "question " + part,
            "performance.getEntriesByType('resource').some(e => e.name.includes(arguments[0]))",
            part);
    return browser().asked(part).getLast();
  }

  Stream<JsonNode> series(String part) {
    return asked(part).path("series").valueStream().map(one -> one.path("points"));
  }

  void untilAsked(String size, long span) {
    browser()
        .until(
            size + " over " + span + " ms",
            "performance.getEntriesByType('resource').map(e => new URL(e.name)).some(u => u.search.includes(arguments[0])"
                + " && u.searchParams.get('to') - u.searchParams.get('from') === arguments[1])",
            size,
            span);
  }

  double shown(String css) {
    return browser().number("document.querySelector(arguments[0]).value", css);
  }

  String cell(int row, int column) {
    String css = "#ledger tbody tr:nth-child(%d) > :nth-child(%d)".formatted(row, column);
    return browser().text("document.querySelector(arguments[0]).textContent", css);
  }

  double tableSum(String css) {
    return browser()
        .number(
            "[...document.querySelectorAll(arguments[0] + ' data')].reduce((n, d) => n + Number(d.value), 0)",
            css);
  }

  static double tokens(JsonNode totals) {
    return sum(totals, "prompt_tokens") + sum(totals, "completion_tokens");
  }

  /** Of the points of a series, or of one total. */
  static double sum(JsonNode totals, String name) {
    return totals.isArray()
        ? totals
            .valueStream()
            .flatMapToDouble(point -> DoubleStream.of(point.path(name).asDouble()))
            .sum()
        : totals.path(name).asDouble();
  }
}
