package io.anyserve.worker.torch.text;

import io.anyserve.contracts.image.ContentPart;

/** What stands for images in the prompts of a model that takes them. */
public interface ImagePrompts {

  /** What the chat template writes for an image. */
  String placeholder();

  /**
   * What the prompt has in its place.
   *
   * @throws io.anyserve.contracts.FailureException where the image cannot be read
   */
  String expansion(ContentPart image);
}
