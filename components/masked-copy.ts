/** What a refresh says of the copy it has made. */
export interface MaskedCopy {
  /**
   * The refresh, whose statement is evidence.
   * @example "20270301-101530-0a1b2c3d"
   */
  request: string;
  /**
   * The database whose data it is, by its identifier.
   * @example "orders-production"
   */
  source: string;
  /**
   * The masking profile, by the SHA-256 of what it says.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  profile: string;
  /**
   * The day after which it is to be removed.
   * @example "2027-03-31"
   */
  expiresOn: string;
}
