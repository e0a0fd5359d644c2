package io.anyserve.standalone.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The conversations in the side bar. */
@Timeout(240)
final class ChatSessionsIT {

  @RegisterExtension static final ChatPage page = new ChatPage();

  @Test
  void aConversationIsRenamed() {
    String title = "Before the new name";
    page.choose(ChatPage.STORY);
    page.ask(title);
    untilListed(title);
    page.browser().hover(item(title));
    page.browser().click("[aria-label='Rename " + title + "']");
    WebElement field = page.browser().find(".rename");
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), "A new name", Keys.ENTER);
    untilListed("A new name");
    page.browser().until("title", "document.title.startsWith('A new name')");
    page.browser().reload();
    untilListed("A new name");
    assertFalse(page.sessions().contains(title));
  }

  @Test
  void aConversationIsDeletedInEveryTab() {
    String title = "To be deleted";
    page.choose(ChatPage.STORY);
    page.ask(title);
    untilListed(title);
    String first = page.browser().openTab(page.browser().url());
    page.untilAnswers(1);
    untilListed(title);
    page.browser().hover(item(title));
    page.browser().click("[aria-label='Delete " + title + "']");
    page.browser().click("#delete .danger");
    page.browser().until("empty", "document.querySelector('.empty h1')");
    untilNotListed(title);
    page.browser().show(first);
    page.browser().until("empty there", "document.querySelector('.empty h1')");
    untilNotListed(title);
  }

  @Test
  void searchFindsTextsOfMessages() {
    page.choose(ChatPage.STORY);
    page.ask("A whale in the night");
    page.open();
    page.choose(ChatPage.STORY);
    page.ask("Nothing of that kind");
    page.browser().find("#search").sendKeys("WHALE");
    untilNotListed("Nothing of that kind");
    assertTrue(page.sessions().contains("A whale in the night"), page.sessions().toString());
    page.browser().find("#search").sendKeys("xyz");
    page.browser()
        .until(
            "nothing",
            "document.querySelector('.sessions .none')?.textContent.includes('whale')"
                + " || document.querySelector('.sessions .none')?.textContent.includes('WHALE')");
  }

  @Test
  void anExampleBeginsAConversationWithAnAddress() {
    page.choose(ChatPage.STORY);
    page.browser().click(".beginnings li:first-child button");
    page.untilAnswers(1);
    assertEquals(1, page.questions().size());
    String address = page.browser().url();
    assertTrue(address.contains("#/c/"), address);
    page.browser().click(".new");
    page.browser().until("empty", "document.querySelector('.empty h1')");
    page.browser().open(address);
    page.untilAnswers(1);
  }

  @Test
  void theConversationIsExportedAsMarkdown() {
    page.choose(ChatPage.STORY);
    String answer = page.ask("Export me");
    page.browser()
        .run(
            "window.saved = [];"
                + "const make = URL.createObjectURL;"
                + "URL.createObjectURL = blob => {"
                + " blob.text().then(text => window.saved.push(text)); return make(blob); };");
    page.browser().click("[aria-label='Export as Markdown']");
    page.browser().until("a file", "window.saved.length === 1");
    String markdown = page.browser().text("window.saved[0]");
    assertTrue(markdown.contains("Export me"), markdown);
    assertTrue(markdown.contains(answer.substring(0, 20)), markdown);
  }

  private static String item(String title) {
    return ".sessions a[title='" + title + "']";
  }

  private static void untilListed(String title) {
    page.browser()
        .until(
            title + " in the list",
            "[...document.querySelectorAll('.sessions li > a')].some(a => a.textContent ==="
                + " arguments[0])",
            title);
  }

  private static void untilNotListed(String title) {
    page.browser()
        .until(
            title + " not in the list",
            "![...document.querySelectorAll('.sessions li > a')].some(a => a.textContent ==="
                + " arguments[0])",
            title);
  }
}
