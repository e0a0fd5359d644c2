package io.anyserve.standalone.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import tools.jackson.databind.json.JsonMapper;

/** The reference of the API in Chromium, against a running server. */
@Timeout(240)
final class ReferencePageIT {

  private static final String CHAT = "createChatCompletion";
  private static final String CODE = ".docs-example code";

  @RegisterExtension static final ChatPage page = new ChatPage();

  @BeforeEach
  void open() {
    page.browser().open(page.address() + "/docs");
    page.browser().find(".docs-rows");
  }

  /** With its default settings; the one in docs is in the order of the same table. */
  @Test
  void theServerDescribesItselfAsTheDocumentationDoes() throws Exception {
    var json = JsonMapper.builder().build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(page.address() + "/openapi.json")).build();
      assertEquals(
          json.readTree(Files.readString(Path.of("../../docs/openapi.json"))),
          json.readTree(client.send(request, BodyHandlers.ofString()).body()));
    }
  }

  @Test
  void everyOperationCanBeRead() {
    List<String> places = page.texts(".docs-list li > a > span:last-child");
    assertTrue(places.size() > 25, places::toString);
    for (int i = 0; i < places.size(); i++) {
      page.browser().run("document.querySelectorAll('.docs-list a')[arguments[0]].click()", i);
      page.browser()
          .until(
              places.get(i),
              "document.querySelector('article h1')?.textContent === arguments[0]",
              places.get(i));
    }
  }

  @Test
  void theFilterFindsByMethodPathAndWords() {
    page.browser().press("/");
    page.browser().press("delete responses");
    page.browser()
        .until("one operation", "document.querySelectorAll('.docs-list li').length === 1");
    assertEquals(List.of("Forget a response"), page.texts(".docs-list li span:last-child"));
    page.browser().press(Keys.ESCAPE);
    page.browser().until("all", "document.querySelectorAll('.docs-list li').length > 25");
    page.browser().find("#filter").sendKeys("no such thing");
    page.browser().find(".docs-list .none");
  }

  @Test
  void anOperationHasItsParametersItsAnswersAndExamples() {
    show(CHAT);
    String text = page.browser().find("article").getText();
    for (String part : List.of("POST", "/v1/chat/completions", "Idempotency-Key", "messages")) {
      assertTrue(text.contains(part), part);
    }
    assertTrue(code().startsWith("curl " + page.address() + "/v1/chat/completions"), code());
    choose("Python", "requests.post");
    choose("JavaScript", "await fetch");
    choose("Java", "HttpRequest.newBuilder");
    page.browser().reload();
    page.browser().until("remembered", "document.querySelector('" + CODE + "')");
    assertTrue(code().contains("HttpRequest.newBuilder"), code());
    page.browser().click(".docs-example .code button");
    page.browser().until("copied", "document.querySelector('.docs-example [data-copied]')");
    assertEquals("Copied", page.browser().text("document.getElementById('spoken').textContent"));
  }

  private static void choose(String language, String expected) {
    page.browser()
        .run(
            "[...document.querySelectorAll('.docs-languages button')]"
                + ".find(b => b.textContent === arguments[0]).click()",
            language);
    assertTrue(code().contains(expected), code());
  }

  private static String code() {
    return page.browser().text("document.querySelector('" + CODE + "').textContent");
  }

  private static void show(String place) {
    page.browser().run("location.hash = arguments[0]", place);
    page.browser().find("article");
  }

  @Test
  void schemasOpenInTheirPlace() {
    show(CHAT);
    page.browser()
        .run(
            "[...document.querySelectorAll('.docs-more > summary')]"
                + ".find(s => s.textContent === 'ChatMessage').click()");
    page.browser()
        .until(
            "role",
            "[...document.querySelectorAll('details[open] .docs-properties code')]"
                + ".some(c => c.textContent === 'role')");
    show("schema/Usage");
    page.browser().until("schema", "document.querySelector('h1').textContent === 'Usage'");
  }

  @Test
  void theWebSocketIsDescribed() {
    show("websocket/chat/ws");
    String text = page.browser().find("article").getText();
    for (String part : List.of("anyserve.chat.v1", "regenerate", "accepted", "finish_reason")) {
      assertTrue(text.contains(part), part);
    }
  }

  @Test
  void theChatPageLeadsHere() {
    page.open();
    page.browser().click(".side a[href='/docs']");
    page.browser().find(".docs-rows");
    page.browser().click(".side a[href='/']");
    page.untilConnected();
  }

  @Test
  void aPhoneShowsAllOfIt() {
    page.browser().resize(360, 740);
    for (String place : List.of("", CHAT, "createResponse", "schema/ResponseEvent")) {
      page.browser().run("location.hash = arguments[0]", place);
      page.browser().find("main h1");
      assertEquals(
          page.browser().number("document.documentElement.clientWidth"),
          page.browser().number("document.documentElement.scrollWidth"),
          place);
      assertEquals(
          page.browser().number("document.querySelector('.docs-scroller').clientWidth"),
          page.browser().number("document.querySelector('.docs-scroller').scrollWidth"),
          place);
    }
    page.browser().click(".menu");
    page.browser()
        .until("side bar", "document.querySelector('.side').getBoundingClientRect().left === 0");
    page.browser().click(".docs-list li > a");
    page.browser().until("closed", "!document.querySelector('.menu-open')");
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void axeFindsNothingSerious(String scheme) throws IOException {
    page.browser().prefer(scheme);
    AxeCheck.assertNoFindings(page.browser(), "overview");
    for (String place : List.of(CHAT, "getResponse", "websocket/chat/ws", "schema/Response")) {
      show(place);
      page.browser().run("document.querySelectorAll('details').forEach(d => { d.open = true; })");
      AxeCheck.assertNoFindings(page.browser(), place);
    }
    page.browser().resize(390, 800);
    page.browser().click(".menu");
    AxeCheck.assertNoFindings(page.browser(), "operations on a phone");
  }
}
