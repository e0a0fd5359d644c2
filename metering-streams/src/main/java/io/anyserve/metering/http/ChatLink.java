package io.anyserve.metering.http;

import io.anyserve.contracts.validation.Preconditions;
import java.net.URI;

/** The chat page as browsers reach it; the usage page links to it. */
public record ChatLink(URI address) {

  public ChatLink {
    boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
    Preconditions.that(
        web && address.getHost() != null, "chat-url", address, "an http or https address");
  }
}
