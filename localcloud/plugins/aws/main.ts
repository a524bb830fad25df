import { serve } from "../adapter";
import { provider } from "./provider";

serve(provider);
