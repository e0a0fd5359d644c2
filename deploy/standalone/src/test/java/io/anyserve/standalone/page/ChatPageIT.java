package io.anyserve.standalone.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.UnusedPorts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Messages and answers on the page, with everything behind it real but the model. */
@Timeout(240)
final class ChatPageIT {

  private static final String FIGURES = ".answer:last-child .figures";

  /** About five seconds of words. */
  private static final Map<String, String> SETTINGS =
      Map.of("system", "Be brief", "temperature", "0.5", "max_tokens", "60", "seed", "7");

  @RegisterExtension static final ChatPage page = new ChatPage();

  @Test
  void anAnswerStreamsAndIsKept() {
    page.choose(ChatPage.SLOW);
    page.send("Once upon a time");
    page.untilWriting();
    assertEquals(List.of("Once upon a time"), page.questions());
    page.browser().find("button[aria-label=Stop]");
    page.browser().press(Keys.ESCAPE);
    page.untilAnswers(1);
    String answer = page.answers().getFirst();
    String figures = page.browser().find(FIGURES).getText();
    assertTrue(figures.contains("Stopped"), figures);
    page.browser().reload();
    page.untilAnswers(1);
    assertEquals(List.of(answer), page.answers());
    assertEquals(List.of("Once upon a time"), page.questions());
  }

  @Test
  void aWholeAnswerHasItsFigures() {
    page.choose(ChatPage.STORY);
    page.ask("A whole answer");
    String figures = page.browser().find(FIGURES).getText();
    assertTrue(figures.matches("(?s).*\\d+ tokens?.*"), figures);
    assertTrue(figures.contains("first after"), figures);
    page.browser().reload();
    page.untilAnswers(1);
    page.browser()
        .until("tokens", "document.querySelector('.figures').textContent.includes('token')");
  }

  @Test
  void anotherAnswerIsAVersionOfTheFirst() {
    page.choose(ChatPage.STORY);
    String first = page.ask("Tell me of a river");
    page.browser().press(Keys.CONTROL, Keys.ENTER.toString());
    page.browser().until("versions", "document.querySelector('.answer .versions')");
    page.untilAnswers(1);
    assertEquals("2 / 2", page.browser().find(".answer .versions > span").getText());
    assertNotEquals(first, page.answers().getFirst());
    page.browser().click(".answer [aria-label='Previous version']");
    page.browser()
        .until("first", "document.querySelector('.answer .versions').textContent === '1 / 2'");
    assertEquals(List.of(first), page.answers());
    untilKept(first);
    page.browser().reload();
    page.untilAnswers(1);
    assertEquals(List.of(first), page.answers());
  }

  @Test
  void anEditBeginsABranch() {
    page.choose(ChatPage.STORY);
    String first = page.ask("The first");
    String second = page.ask("The second");
    page.browser().hover(".question");
    page.browser().click(".question [aria-label=Edit]");
    WebElement field = page.browser().find(".editing textarea");
    assertEquals("The first", field.getDomProperty("value"));
    field.sendKeys(" again", Keys.ENTER);
    page.browser().until("branch", "document.querySelectorAll('.question').length === 1");
    page.untilAnswers(1);
    assertEquals(List.of("The first again"), page.questions());
    page.browser().click(".question [aria-label='Previous version']");
    page.untilAnswers(2);
    assertEquals(List.of("The first", "The second"), page.questions());
    assertEquals(List.of(first, second), page.answers());
  }

  @Test
  void aReloadContinuesTheAnswer() {
    page.choose(ChatPage.SLOW);
    page.send("Continue behind this");
    page.untilWriting();
    String before = page.answers().getFirst();
    page.browser().reload();
    page.untilWriting();
    page.browser()
        .until(
            "more than before",
            "document.querySelector('.answer .prose').textContent.length > arguments[0]",
            before.length());
    assertTrue(page.answers().getFirst().startsWith(before), page.answers().getFirst());
    page.browser().press(Keys.ESCAPE);
    page.untilAnswers(1);
    assertTrue(page.answers().getFirst().startsWith(before));
  }

  @Test
  void aReloadDuringAnAnswerKeepsItsTextAndTheSettings() {
    page.choose(ChatPage.SLOW);
    page.browser().click("[aria-label=Parameters]");
    SETTINGS.forEach((name, value) -> page.browser().find(field(name)).sendKeys(value));
    page.browser().press(Keys.ESCAPE);
    page.send("Reload in the middle");
    page.untilWriting();
    String before = page.answers().getFirst();
    page.browser().reload();
    page.untilAnswers(1);
    String whole = page.answers().getFirst();
    assertTrue(whole.startsWith(before), whole);
    assertTrue(whole.length() > before.length(), whole);
    assertEquals(List.of("Reload in the middle"), page.questions());
    untilKept(whole);
    assertTrue(page.browser().find(FIGURES).getText().contains("60 tokens"));

    assertEquals(ChatPage.SLOW, page.browser().find("#model").getDomProperty("value"));
    page.browser().click("[aria-label=Parameters]");
    SETTINGS.forEach(
        (name, value) ->
            assertEquals(value, page.browser().find(field(name)).getDomProperty("value")));
    page.browser().press(Keys.ESCAPE);
    page.ask("And once more");
    assertTrue(page.browser().find(FIGURES).getText().contains("60 tokens"));
  }

  private static String field(String name) {
    return "#parameters [name=" + name + "]";
  }

  @Test
  void aSecondTabShowsTheSameAnswer() {
    page.choose(ChatPage.SLOW);
    page.send("Shown twice");
    page.untilWriting();
    String first = page.browser().openTab(page.browser().url());
    page.untilWriting();
    page.browser().press(Keys.ESCAPE);
    page.untilAnswers(1);
    String there = page.answers().getFirst();
    page.browser().show(first);
    page.untilAnswers(1);
    assertEquals(there, page.answers().getFirst());
    assertEquals(2, page.browser().tabs().size());
  }

  @Test
  void anAnswerGoesOnWhenTheIngressComesBack() throws Exception {
    int port = UnusedPorts.row(3);
    String before;
    try (SingleService _ = ingress(port)) {
      page.browser().open("http://127.0.0.1:" + (port + 2));
      page.untilConnected();
      page.choose(ChatPage.SLOW);
      page.send("Go on behind the failure");
      page.untilWriting();
      before = page.answers().getFirst();
    }
    page.browser().find(".connection");
    try (SingleService _ = ingress(port)) {
      page.untilConnected();
      page.browser()
          .until(
              "more than before",
              "document.querySelector('.answer .prose').textContent.length > arguments[0]",
              before.length() + 20);
      page.browser().press(Keys.ESCAPE);
      page.untilAnswers(1);
      String whole = page.answers().getFirst();
      assertTrue(whole.startsWith(before), whole);
      page.browser().reload();
      page.untilAnswers(1);
      assertEquals(whole, page.answers().getFirst());
      page.open();
    }
    page.browser().log().forEach(line -> assertTrue(line.contains("ERR_CONNECTION"), line));
  }

  private static SingleService ingress(int port) throws Exception {
    return page.services()
        .join(
            SingleService.Service.INGRESS,
            """
            [ingress]
            instance = "restarted"
            port = %d
            http-port = %d
            api-http-port = %d
            drain = "1s"
            resume-key = "the key of the restarted ingress"
            router = "127.0.0.1:%d"
            """
                .formatted(port, port + 1, port + 2, page.services().place().port() + 5));
  }

  @Test
  void aRefusedMessageCanBeSentAgain() {
    page.choose(ChatPage.STORY);
    page.browser().click("[aria-label=Parameters]");
    page.browser().find("[name=temperature]").sendKeys("9");
    page.browser().press(Keys.ESCAPE);
    page.send("Too hot");
    assertTrue(page.browser().find(".question .failure").getText().contains("temperature"));
    page.browser().click("[aria-label=Parameters]");
    page.browser().click("#parameters .second");
    page.browser().press(Keys.ESCAPE);
    page.browser().click(".question .failure button");
    page.untilAnswers(1);
    assertEquals(List.of("Too hot"), page.questions());
  }

  @Test
  void theParametersReachTheModel() {
    page.choose(ChatPage.STORY);
    page.browser().click("[aria-label=Parameters]");
    page.browser().find("[name=max_tokens]").sendKeys("5");
    page.browser().press(Keys.ESCAPE);
    page.ask("Five words");
    String figures = page.browser().find(FIGURES).getText();
    assertTrue(figures.contains("5 tokens"), figures);
    assertTrue(figures.contains("Cut off"), figures);
    assertFalse(page.answers().getFirst().isBlank());
  }

  private static void untilKept(String text) {
    String id = page.browser().text("location.hash.slice(4)");
    assertEquals(
        "true",
        page.browser()
            .awaited(
                "for (let i = 0; i < 100; i++) {"
                    + "const found = await (await fetch('/chat/history/' + given[0])).json();"
                    + "const now = found.messages.find(m => m.id === found.current);"
                    + "if (now.content === given[1]) { return true; }"
                    + "await new Promise(r => setTimeout(r, 50)); } return false;",
                id,
                text));
  }
}
