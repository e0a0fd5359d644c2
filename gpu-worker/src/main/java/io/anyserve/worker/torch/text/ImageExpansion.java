package io.anyserve.worker.torch.text;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.RenderedPrompt.Segment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Puts the images into a rendered conversation: each placeholder that the template wrote becomes
 * what stands for its image. The same characters in user text stay text.
 */
record ImageExpansion(ImagePrompts prompts) {

  /** Throws FailureException where the template does not show each image once. */
  RenderedPrompt expand(RenderedPrompt prompt, List<ContentPart> images) {
    Iterator<ContentPart> rest = images.iterator();
    List<Segment> segments = new ArrayList<>();
    int shown = 0;
    for (Segment segment : prompt.segments()) {
      if (segment.fromTemplate()) {
        var text = new StringBuilder();
        shown += expand(segment.text(), rest, text);
        segments.add(new Segment(text.toString(), true));
      } else {
        segments.add(segment);
      }
    }
    if (shown != images.size()) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          "conversation: %d of %d images are in the prompt (expected: all, each once)"
              .formatted(shown, images.size()));
    }
    return new RenderedPrompt(segments);
  }

  /** How many placeholders there are; more than images are left as they are. */
  private int expand(String segment, Iterator<ContentPart> rest, StringBuilder text) {
    String placeholder = prompts.placeholder();
    int found = 0;
    int copied = 0;
    for (int at = segment.indexOf(placeholder);
        at >= 0;
        at = segment.indexOf(placeholder, copied)) {
      text.append(segment, copied, at);
      text.append(rest.hasNext() ? prompts.expansion(rest.next()) : placeholder);
      copied = at + placeholder.length();
      found++;
    }
    text.append(segment, copied, segment.length());
    return found;
  }
}
