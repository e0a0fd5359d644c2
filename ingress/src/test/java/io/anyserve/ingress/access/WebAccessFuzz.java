package io.anyserve.ingress.access;

import io.anyserve.runtime.fuzz.ByteChoices;
import io.anyserve.runtime.fuzz.TextEdits;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** No host but the server's own, and no page but its own and those listed, passes. */
public final class WebAccessFuzz {

  private static final AllowedHosts HOSTS = AllowedHosts.of("127.0.0.1", Set.of("chat.example"));
  private static final AllowedOrigins ORIGINS = new AllowedOrigins(Set.of("https://chat.example"));

  private static final List<String> PIECES =
      List.of(
          "localhost",
          ".localhost",
          "localhost.",
          "evil.example",
          "127.0.0.1",
          "[::1]",
          "::",
          ":",
          ".",
          "@",
          "//",
          "http://",
          "null",
          "\u0000",
          "\u00ff",
          "%00",
          "%2e",
          "\t",
          "7407",
          "0x7f.1");
  private static final TextEdits HOST =
      new TextEdits(
          List.of("localhost", "127.0.0.1", "[::1]", "chat.example", "a.localhost"), PIECES);
  private static final TextEdits AUTHORITY =
      new TextEdits(List.of("localhost:7407", "127.0.0.1", "[::1]:7407"), PIECES);
  private static final TextEdits ORIGIN =
      new TextEdits(List.of("http://localhost:7407", "https://chat.example", "null"), PIECES);

  private static final Pattern OWN_HOST =
      Pattern.compile(
          "(?s)(.*\\.)?localhost|chat\\.example|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-f:.]+(%\\w+)?]?",
          Pattern.CASE_INSENSITIVE);

  private WebAccessFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    var choices = new ByteChoices(input);
    String host = HOST.text(choices);
    if (HOSTS.allows(host) && !OWN_HOST.matcher(host).matches()) {
      throw new AssertionError("host: " + host);
    }
    String authority = AUTHORITY.text(choices);
    String origin = ORIGIN.text(choices);
    if (AllowedOrigins.isOwn(origin, authority) && !isSiteOf(origin, authority)) {
      throw new AssertionError("origin: " + origin + " of " + authority);
    }
    if (ORIGINS.lists(origin) && !origin.equalsIgnoreCase("https://chat.example")) {
      throw new AssertionError("origin: " + origin);
    }
  }

  private static boolean isSiteOf(String origin, String authority) {
    return origin.toLowerCase(Locale.ROOT).endsWith("://" + authority.toLowerCase(Locale.ROOT));
  }
}
