package io.anyserve.standalone.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openqa.selenium.Keys;

/** Makes the pictures of the documentation from a server that runs with the shipped model. */
@EnabledIfSystemProperty(named = ChatPicturesIT.ADDRESS, matches = "http.+")
final class ChatPicturesIT {

  static final String ADDRESS = "anyserve.pictures";

  private static final Path FOLDER = Path.of("../../docs/images");

  @Test
  void pictures() throws IOException {
    Optional<ChatBrowser> started = ChatBrowser.start();
    assumeTrue(started.isPresent(), "no browser (expected: packages chromium and chromium-driver)");
    try (ChatBrowser browser = started.get()) {
      String address = System.getProperty(ADDRESS);
      browser.forget(address);
      browser.open(address);
      browser.until(
          "connected",
          "document.querySelector('#model') && !document.querySelector('.connection')");
      ask(browser, "Tell me a story about a curious bear.", 1);
      ask(browser, "Write a short poem about the night.", 2);
      browser.find(".empty, .messages");
      keep(browser, "chat-light.png");
      browser.prefer("dark");
      keep(browser, "chat-dark.png");
      browser.prefer("light");
      browser.resize(390, 844);
      keep(browser, "chat-phone.png");
    }
  }

  private static void ask(ChatBrowser browser, String text, int answers) {
    browser.find("#message").sendKeys(text, Keys.ENTER);
    browser.until(
        "the answer",
        "document.querySelectorAll('.answer .figures').length === arguments[0]",
        answers);
  }

  private static void keep(ChatBrowser browser, String name) throws IOException {
    browser.until("fonts", "document.fonts.status === 'loaded'");
    Files.write(FOLDER.resolve(name), browser.picture());
  }
}
