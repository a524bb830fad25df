/** A tag as RDS and similar services write it. */
export interface Tag {
  Key: string;
  Value: string;
}
