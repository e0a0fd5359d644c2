package io.anyserve.standalone.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.UnusedPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** Who can use the page: by keyboard, on a phone, in the dark, with a key, with assistance. */
@Timeout(240)
final class ChatAccessIT {

  private static final String KEY = "sk-page-0123456789abcdef";

  @RegisterExtension static final ChatPage page = new ChatPage();

  @Test
  void everythingWorksByKeyboard() {
    page.choose(ChatPage.SLOW);
    page.browser().until("focus", "document.activeElement.id === 'message'");
    page.browser().press("One line");
    page.browser().press(Keys.SHIFT, Keys.ENTER.toString());
    page.browser().press("and another");
    page.browser().press(Keys.ENTER);
    page.untilWriting();
    assertEquals(List.of("One line\nand another"), page.questions());
    page.browser().press(Keys.ESCAPE);
    page.untilAnswers(1);
    page.browser().run("document.activeElement.blur()");
    page.browser().press("/");
    page.browser().until("focus again", "document.activeElement.id === 'message'");
    assertEquals("", page.browser().find("#message").getDomProperty("value"));
    page.browser().press(Keys.CONTROL, Keys.ENTER.toString());
    page.untilWriting();
    page.browser().press(Keys.ESCAPE);
    page.untilAnswers(1);
    assertEquals("2 / 2", page.browser().find(".answer .versions > span").getText());
    reach("Previous version");
    page.browser().press(Keys.ENTER);
    page.browser()
        .until("first", "document.querySelector('.answer .versions').textContent === '1 / 2'");
  }

  /** Tab by tab, backwards from where the focus is. */
  private static void reach(String label) {
    for (int i = 0; i < 40; i++) {
      page.browser().press(Keys.SHIFT, Keys.TAB.toString());
      if (page.browser().text("document.activeElement.ariaLabel").equals(label)
          && !page.browser().all(".answer :focus").isEmpty()) {
        return;
      }
    }
    throw new AssertionError(label + " is not reached by the keyboard");
  }

  @Test
  void assistanceIsToldWhenAnAnswerIsComplete() {
    page.choose(ChatPage.STORY);
    page.ask("Say it");
    page.browser()
        .until("told", "document.getElementById('spoken').textContent.includes('Answer finished')");
  }

  @Test
  void theThemeIsThatOfTheSystemUntilOneIsChosen() {
    String light = page.browser().text("getComputedStyle(document.body).backgroundColor");
    page.browser().prefer("dark");
    String dark = page.browser().text("getComputedStyle(document.body).backgroundColor");
    assertFalse(light.equals(dark), dark);
    page.browser().click("#theme");
    assertEquals(light, page.browser().text("getComputedStyle(document.body).backgroundColor"));
    page.browser().reload();
    page.untilConnected();
    assertEquals(light, page.browser().text("getComputedStyle(document.body).backgroundColor"));
    page.browser().click("#theme");
    assertEquals(dark, page.browser().text("getComputedStyle(document.body).backgroundColor"));
  }

  @Test
  void aPhoneIsWideEnough() {
    page.browser().resize(360, 740);
    page.open();
    assertWithinWidth();
    page.choose(ChatPage.STORY);
    page.ask("On a phone, with a word that is long: " + "a".repeat(200));
    assertWithinWidth();
    page.browser().click(".menu");
    page.browser()
        .until("side bar", "document.querySelector('.side').getBoundingClientRect().left === 0");
    page.browser().click(".sessions li > a");
    page.browser().until("closed", "!document.querySelector('.menu-open')");
    page.browser().click("[aria-label=Parameters]");
    assertWithinWidth();
    page.browser().press(Keys.ESCAPE);
  }

  private static void assertWithinWidth() {
    assertEquals(
        page.browser().number("document.documentElement.clientWidth"),
        page.browser().number("document.documentElement.scrollWidth"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void axeFindsNothingSerious(String scheme) throws Exception {
    page.browser().prefer(scheme);
    assertNoFindings("empty page");
    page.choose(ChatPage.STORY);
    page.ask("For axe");
    page.browser().press(Keys.CONTROL, Keys.ENTER.toString());
    page.browser().until("versions", "document.querySelector('.answer .versions')");
    page.untilAnswers(1);
    assertNoFindings("conversation");
    for (String dialog : List.of("Parameters", "Keyboard shortcuts")) {
      page.browser().click("[aria-label='" + dialog + "']");
      page.browser().find("dialog[open]");
      assertNoFindings(dialog);
      page.browser().press(Keys.ESCAPE);
    }
    page.browser().click(".side-foot .row");
    page.browser().find("#system .tiles");
    assertNoFindings("system");
    page.browser().press(Keys.ESCAPE);
    page.browser().resize(390, 800);
    page.browser().click(".menu");
    assertNoFindings("side bar on a phone");
  }

  private static void assertNoFindings(String where) throws IOException {
    AxeCheck.assertNoFindings(page.browser(), where);
  }

  @Test
  void theSystemIsShown() {
    page.choose(ChatPage.STORY);
    page.ask("A recent request");
    page.browser().click(".side-foot .row");
    page.browser().find("#system .tiles");
    String shown = page.browser().find("#system").getText();
    assertTrue(shown.contains("slow-worker"), shown);
    assertTrue(shown.contains("finished"), shown);
    assertEquals(
        "http://127.0.0.1:" + (page.services().place().port() + 6) + "/usage",
        page.browser().find("#system .link").getDomAttribute("href"));
    page.browser().press(Keys.ESCAPE);
    page.browser().until("closed", "!document.querySelector('dialog')");
  }

  @Test
  void chatUsageAndReferenceLeadToEachOther() {
    String usage = "http://127.0.0.1:" + (page.services().place().port() + 6) + "/usage";
    assertEquals(usage, page.browser().find(".side-foot a[target=_blank]").getDomAttribute("href"));
    page.browser().open(usage);
    page.browser().click(".links a:last-child");
    page.browser().find(".docs-rows");
    assertEquals(page.address() + "/docs", page.browser().url());
    page.browser().click(".side a[href='/']");
    page.untilConnected();
    page.browser().click(".side a[href='/docs']");
    page.browser().find(".docs-rows");
    page.browser().open(usage);
    page.browser().click(".links a:first-child");
    page.untilConnected();
    assertEquals(page.address() + "/", page.browser().url());
  }

  @Test
  void aServerWithKeysAsksForOne() throws Exception {
    int port = UnusedPorts.row(3);
    String address = "http://127.0.0.1:" + (port + 2);
    try (SingleService _ = page.services().join(SingleService.Service.INGRESS, withKey(port))) {
      page.browser().open(address);
      page.browser().find("#key input").sendKeys("sk-wrong", Keys.ENTER);
      page.browser()
          .until(
              "refused",
              "document.querySelector('#key p')?.textContent.includes('does not accept')");
      page.browser().find("#key input").sendKeys(KEY, Keys.ENTER);
      page.untilConnected();
      page.choose(ChatPage.STORY);
      page.ask("With a key");
      page.browser().reload();
      page.untilAnswers(1);
      assertEquals(
          "0",
          page.browser()
              .text(
                  "Object.keys(localStorage).filter(k => localStorage[k].includes('sk-')).length"));
      String id = page.browser().text("location.hash.slice(4)");
      page.browser().open(page.address() + "/#/c/" + id);
      page.browser().find(".notice");
      assertTrue(
          page.browser().log().stream()
              .allMatch(
                  line ->
                      line.contains("404") || line.contains("401") || line.contains("WebSocket")));
    }
    page.browser().log();
  }

  private static String withKey(int port) throws Exception {
    String sha256 =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(UTF_8)));
    return """
    [ingress]
    instance = "keyed"
    port = %d
    http-port = %d
    api-http-port = %d
    router = "127.0.0.1:%d"

    [[ingress.key]]
    id = "page"
    sha256 = "%s"
    tenant = "acme"
    """
        .formatted(port, port + 1, port + 2, page.services().place().port() + 5, sha256);
  }

  @Test
  void thePageMayDoLittle() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> home = get(client, "/", "");
      assertEquals(200, home.statusCode());
      String policy = home.headers().firstValue("Content-Security-Policy").orElse("");
      for (String part :
          List.of(
              "default-src 'none'",
              "script-src 'self'",
              "style-src 'self'",
              "require-trusted-types-for 'script'",
              "trusted-types 'none'")) {
        assertTrue(policy.contains(part), policy);
      }
      assertFalse(policy.contains("unsafe"), policy);
      String tag = home.headers().firstValue("ETag").orElseThrow();
      assertEquals(304, get(client, "/", tag).statusCode());
    }
    assertEquals(
        "blocked",
        page.browser()
            .awaited(
                "try { document.body.innerHTML = '<b>x</b>'; return 'parsed'; }"
                    + " catch { return 'blocked'; }"));
    List<String> told = page.browser().log();
    assertTrue(told.stream().allMatch(line -> line.contains("TrustedHTML")), told.toString());
    assertFalse(told.isEmpty());
  }

  private static HttpResponse<String> get(HttpClient client, String path, String tag)
      throws Exception {
    var request = HttpRequest.newBuilder(URI.create(page.address() + path));
    if (!tag.isEmpty()) {
      request.header("If-None-Match", tag);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
