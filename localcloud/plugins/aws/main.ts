import { serve } from "../adapter";
import { silenceSdkWarning } from "./environment";
import { provider } from "./provider";

silenceSdkWarning();
serve(provider);
