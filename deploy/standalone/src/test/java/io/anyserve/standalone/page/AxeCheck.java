package io.anyserve.standalone.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;

/** What axe-core finds on a page that a browser shows. */
final class AxeCheck {

  private static final String AXE = "axe.min.js";

  private AxeCheck() {}

  /** Of those that are serious or critical. */
  static void assertNoFindings(ChatBrowser browser, String where) throws IOException {
    browser.until(
        "no movement",
        "document.getAnimations().every(a => a.playState !== 'running' ||"
            + " a.effect.getTiming().iterations === Infinity)");
    browser.run(axe());
    String found =
        browser.awaited(
            "const found = await axe.run(document);return found.violations.filter(v =>"
                + " ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' +"
                + " v.nodes.map(n => n.html + ' ' + n.any.map(a => a.message)).join(';"
                + " ')).join('\\n')");
    assertEquals("", found, where);
  }

  private static String axe() throws IOException {
    try (InputStream in = AxeCheck.class.getResourceAsStream(AXE)) {
      if (in == null) {
        throw new IOException(AXE + " is missing");
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
