/** Conversations: trees of messages that a tenant keeps. */
@NullMarked
package io.anyserve.contracts.conversation;

import org.jspecify.annotations.NullMarked;
