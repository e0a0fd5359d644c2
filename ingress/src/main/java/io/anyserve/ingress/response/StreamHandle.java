package io.anyserve.ingress.response;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;

/**
 * By what a client knows a request, and where its events lie.
 *
 * @param resumeToken opaque; continues the stream on any ingress
 */
public record StreamHandle(
    RequestId request, SessionId session, ReplyTo address, String resumeToken) {}
