(* Over the whole line the normal density has mass 1, mean m and variance s^2. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField GaussianIntegrals.
Open Scope R_scope.

Definition over_the_line (f : R -> R) (l : R) :=
  is_RInt_gen f (Rbar_locally m_infty) (Rbar_locally p_infty) l.

Lemma over_the_line_ext (f g : R -> R) (l : R) : (forall x, f x = g x) -> over_the_line f l -> over_the_line g l.
Proof.
  intros E H. unfold over_the_line in *. apply is_RInt_gen_ext with f; [|exact H].
  apply filter_forall. intros ab x _. apply E.
Qed.

Lemma over_the_line_factor (f : R -> R) (c l : R) : over_the_line f l -> over_the_line (fun x => c * f x) (c * l).
Proof. exact (is_RInt_gen_scal (V := R_NormedModule) f c l). Qed.

Lemma exp_ge_1_plus y : 1 + y <= exp y.
Proof.
  destruct (Req_dec y 0) as [->|N]; [rewrite exp_0; lra|].
  apply Rlt_le, exp_ineq1. exact N.
Qed.

Lemma e2_bound x : e2 x <= / (1 + x * x).
Proof.
  unfold e2. rewrite exp_Ropp. apply Rinv_le_contravar; [nra|]. apply exp_ge_1_plus.
Qed.

Lemma inv_small x eps : 0 < eps -> / eps < x -> x * / (1 + x * x) < eps.
Proof.
  intros He Hx. assert (I := Rinv_0_lt_compat _ He). assert (X : 0 < x) by lra.
  apply Rmult_lt_reg_r with (1 + x * x); [nra|].
  rewrite Rmult_assoc, Rinv_l by nra.
  assert (1 < eps * x) by (apply Rmult_lt_reg_l with (/ eps); [easy|];
    rewrite <- Rmult_assoc, Rinv_l by lra; lra). nra.
Qed.

Lemma xe2_lim : is_lim (fun x => x * e2 x) p_infty 0.
Proof.
  apply is_lim_spec. intros eps. exists (/ eps). intros x Hx.
  assert (He := cond_pos eps). assert (I := Rinv_0_lt_compat _ He).
  assert (B := e2_bound x). assert (P : 0 < e2 x) by apply exp_pos.
  assert (S := inv_small x eps He Hx). rewrite Rminus_0_r, Rabs_right by nra. nra.
Qed.

Lemma e2_lim : is_lim e2 p_infty 0.
Proof.
  apply is_lim_spec. intros eps. exists (Rmax 1 (/ eps)). intros x Hx.
  assert (X1 := Rmax_l 1 (/ eps)). assert (X2 := Rmax_r 1 (/ eps)).
  assert (He := cond_pos eps).
  assert (B := e2_bound x). assert (P : 0 < e2 x) by apply exp_pos.
  assert (S := inv_small x eps He ltac:(lra)).
  assert (I := Rinv_0_lt_compat (1 + x * x) ltac:(nra)).
  rewrite Rminus_0_r, Rabs_right by lra. nra.
Qed.

Lemma I0_nonneg x : 0 <= x -> 0 <= I0 x.
Proof.
  intros H. apply RInt_ge_0; [easy|apply e2_int|]. intros y _. apply Rlt_le, exp_pos.
Qed.

Lemma I0_lim : is_lim I0 p_infty (sqrt PI / 2).
Proof.
  assert (P := PI_RGT_0). assert (Q := sqrt_lt_R0 PI P). assert (S := sqrt_sqrt PI (Rlt_le _ _ P)).
  set (c := sqrt PI / 2). assert (C0 : 0 < c) by (unfold c; lra).
  assert (CC : c * c = PI / 4) by (unfold c; transitivity (sqrt PI * sqrt PI / 4); [field|rewrite S; field]).
  apply is_lim_spec. intros eps.
  assert (He : 0 < eps * c) by (apply Rmult_lt_0_compat; [apply cond_pos|easy]).
  destruct (proj2 (is_lim_spec e2 p_infty 0) e2_lim (mkposreal _ He)) as [M HM].
  exists (Rmax 0 M). intros x Hx. assert (X0 := Rmax_l 0 M). assert (X1 := Rmax_r 0 M).
  assert (B := HM x ltac:(lra)). simpl in B. rewrite Rminus_0_r in B.
  assert (E0 : 0 < e2 x) by apply exp_pos. rewrite Rabs_right in B by lra.
  assert (R := gauss_integral_rate x). assert (N := I0_nonneg x ltac:(lra)).
  rewrite <- CC in R. set (i := I0 x) in *. set (e := pos eps) in *.
  assert (U : i <= c) by (apply Rnot_lt_le; intro; nra).
  assert (W : 0 <= (c - i) * i) by (apply Rmult_le_pos; lra).
  assert (L : c - i < e) by (apply Rmult_lt_reg_r with c; [easy|]; lra).
  assert (E1 : 0 < e) by apply cond_pos. apply Rabs_def1; lra.
Qed.

Lemma I0_odd x : I0 (- x) = - I0 x.
Proof.
  assert (E := e2_even x). unfold I0 in *.
  rewrite <- (RInt_Chasles (V := R_CompleteNormedModule) e2 (- x) 0 x (e2_int _ _) (e2_int _ _)) in E.
  rewrite <- (opp_RInt_swap (V := R_CompleteNormedModule) e2 (- x) 0 (e2_int _ _)) .
  unfold plus, opp in *; simpl in *. lra.
Qed.

Lemma lim_odd (f : R -> R) (l : R) : (forall x, f (- x) = - f x) ->
  is_lim f p_infty l -> is_lim f m_infty (- l).
Proof.
  intros O H. apply is_lim_spec. intros eps.
  destruct (proj2 (is_lim_spec f p_infty l) H eps) as [M HM]. exists (- M). intros x Hx.
  specialize (HM (- x) ltac:(lra)). rewrite O in HM.
  replace (f x - - l) with (- (- f x - l)) by ring. now rewrite Rabs_Ropp.
Qed.

Lemma lim_even (f : R -> R) (l : R) : (forall x, f (- x) = f x) ->
  is_lim f p_infty l -> is_lim f m_infty l.
Proof.
  intros O H. apply is_lim_spec. intros eps.
  destruct (proj2 (is_lim_spec f p_infty l) H eps) as [M HM]. exists (- M). intros x Hx.
  specialize (HM (- x) ltac:(lra)). now rewrite O in HM.
Qed.

Lemma lim_times (f : R -> R) (c l : R) (F : (R -> Prop) -> Prop) :
  filterlim f F (locally l) -> filterlim (fun x => c * f x) F (locally (c * l)).
Proof.
  intros H. apply (filterlim_comp _ _ _ f (fun y => c * y) F (locally l)); [exact H|].
  exact (filterlim_scal_r (K := R_AbsRing) (V := R_NormedModule) c l).
Qed.

Lemma lim_sum (f g : R -> R) (a b : R) (F : (R -> Prop) -> Prop) : Filter F ->
  filterlim f F (locally a) -> filterlim g F (locally b) ->
  filterlim (fun x => f x + g x) F (locally (a + b)).
Proof.
  intros FF Hf Hg. eapply filterlim_comp_2; [exact Hf|exact Hg|].
  exact (filterlim_plus (K := R_AbsRing) (V := R_NormedModule) a b).
Qed.

Section Line.
Variables m s : R.
Hypothesis Hs : 0 < s.
Let k := s * sqrt 2.
Let z (x : R) := (x - m) / k.

Lemma k_pos : 0 < k.
Proof. assert (0 < sqrt 2) by (apply sqrt_lt_R0; lra). unfold k. nra. Qed.

Lemma z_to_p : filterlim z (Rbar_locally p_infty) (Rbar_locally p_infty).
Proof.
  intros P [M HM]. exists (m + k * M). intros x Hx. apply HM. unfold z.
  assert (K := k_pos). apply Rmult_lt_reg_r with k; [easy|].
  replace ((x - m) / k * k) with (x - m) by (field; lra). lra.
Qed.

Lemma z_to_m : filterlim z (Rbar_locally m_infty) (Rbar_locally m_infty).
Proof.
  intros P [M HM]. exists (m + k * M). intros x Hx. apply HM. unfold z.
  assert (K := k_pos). apply Rmult_lt_reg_r with k; [easy|].
  replace ((x - m) / k * k) with (x - m) by (field; lra). lra.
Qed.

Lemma gauss_as_e2 x : gauss m s x = / sqrt PI * / k * e2 (z x).
Proof.
  assert (P := PI_RGT_0). assert (K := k_pos). assert (S2 : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
  assert (Q2 : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  assert (QP : 0 < sqrt PI) by (apply sqrt_lt_R0; lra).
  unfold gauss, e2. rewrite sqrt_mult by lra.
  replace (- (z x * z x)) with (- (x - m)^2 / (2 * s^2)).
  - unfold k. field. lra.
  - unfold z, k. replace (2 * s ^ 2) with (s * s * (sqrt 2 * sqrt 2)) by (rewrite S2; ring).
    field. lra.
Qed.

(* A primitive of the density, with limits -1/2 and 1/2. *)
Definition half_cdf (x : R) := / sqrt PI * I0 (z x).

Lemma half_cdf_derive x : is_derive half_cdf x (gauss m s x).
Proof.
  assert (K := k_pos). rewrite gauss_as_e2. unfold half_cdf. eapply is_derive_eq.
  - apply (is_derive_scal (fun x => I0 (z x))).
    apply (is_derive_comp I0 z); [apply I0_derive|].
    unfold z. instantiate (1 := / k). auto_derive; [easy|]. field. lra.
  - unfold scal; simpl; unfold mult; simpl. ring.
Qed.

Lemma lim_scaled (f : R -> R) (c l : R) (F G : (R -> Prop) -> Prop) :
  filterlim z F G -> filterlim f G (locally l) ->
  filterlim (fun x => c * f (z x)) F (locally (c * l)).
Proof. intros Hz Hf. apply (lim_times (fun x => f (z x))). exact (filterlim_comp _ _ _ z f F G _ Hz Hf). Qed.

Lemma half_value : / sqrt PI * (sqrt PI / 2) = 1 / 2.
Proof. assert (0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0). field. lra. Qed.

Lemma half_cdf_lim_p : filterlim half_cdf (Rbar_locally p_infty) (locally (1 / 2)).
Proof. rewrite <- half_value. exact (lim_scaled I0 _ _ _ _ z_to_p I0_lim). Qed.

Lemma half_cdf_lim_m : filterlim half_cdf (Rbar_locally m_infty) (locally (- (1 / 2))).
Proof.
  rewrite <- half_value. rewrite Ropp_mult_distr_r.
  exact (lim_scaled I0 _ _ _ _ z_to_m (lim_odd _ _ I0_odd I0_lim)).
Qed.

Lemma e2_even_fun x : e2 (- x) = e2 x.
Proof. unfold e2. f_equal. ring. Qed.

Lemma gauss_lim_p : filterlim (gauss m s) (Rbar_locally p_infty) (locally 0).
Proof.
  apply filterlim_ext with (fun x => / sqrt PI * / k * e2 (z x)); [intros; now rewrite gauss_as_e2|].
  replace 0 with (/ sqrt PI * / k * 0) by ring. exact (lim_scaled e2 _ _ _ _ z_to_p e2_lim).
Qed.

Lemma gauss_lim_m : filterlim (gauss m s) (Rbar_locally m_infty) (locally 0).
Proof.
  apply filterlim_ext with (fun x => / sqrt PI * / k * e2 (z x)); [intros; now rewrite gauss_as_e2|].
  replace 0 with (/ sqrt PI * / k * 0) by ring.
  exact (lim_scaled e2 _ _ _ _ z_to_m (lim_even _ _ e2_even_fun e2_lim)).
Qed.

Lemma xgauss_form x : (x - m) * gauss m s x = / sqrt PI * (z x * e2 (z x)).
Proof.
  assert (K := k_pos). assert (Q := sqrt_lt_R0 PI PI_RGT_0). rewrite gauss_as_e2.
  assert (E : x - m = k * z x) by (unfold z; field; lra).
  rewrite E. set (y := z x). clearbody y. field. lra.
Qed.

Lemma xgauss_lim_p : filterlim (fun x => (x - m) * gauss m s x) (Rbar_locally p_infty) (locally 0).
Proof.
  apply filterlim_ext with (fun x => / sqrt PI * (z x * e2 (z x))); [intros; now rewrite xgauss_form|].
  replace 0 with (/ sqrt PI * 0) by ring. exact (lim_scaled (fun y => y * e2 y) _ _ _ _ z_to_p xe2_lim).
Qed.

Lemma xgauss_lim_m : filterlim (fun x => (x - m) * gauss m s x) (Rbar_locally m_infty) (locally 0).
Proof.
  apply filterlim_ext with (fun x => / sqrt PI * (z x * e2 (z x))); [intros; now rewrite xgauss_form|].
  replace 0 with (/ sqrt PI * - 0) by ring.
  apply (lim_scaled (fun y => y * e2 y) _ _ _ _ z_to_m).
  apply (lim_odd (fun y => y * e2 y)); [|exact xe2_lim].
  intros y. rewrite e2_even_fun. ring.
Qed.

Lemma by_primitive (F f : R -> R) (la lb : R) :
  (forall x, is_derive F x (f x)) -> (forall x, continuous f x) ->
  filterlim F (Rbar_locally m_infty) (locally la) -> filterlim F (Rbar_locally p_infty) (locally lb) ->
  over_the_line f (lb - la).
Proof.
  intros D C Ha Hb. unfold over_the_line.
  apply is_RInt_gen_ext with (Derive F).
  - apply filter_forall. intros ab x _. apply Derive_value, D.
  - apply (is_RInt_gen_Derive F la lb); [| |exact Ha|exact Hb].
    + apply filter_forall. intros ab x _. eexists. apply D.
    + apply filter_forall. intros ab x _.
      apply continuous_ext with f; [intros y; symmetry; apply Derive_value, D|apply C].
Qed.

Lemma gauss_cont x : continuous (gauss m s) x.
Proof. apply gauss_continuous. lra. Qed.

(* integral N(x; m, s^2) dx = 1 over the whole line. *)
Theorem gauss_total : over_the_line (gauss m s) 1.
Proof.
  replace 1 with (1 / 2 - - (1 / 2)) by field.
  exact (by_primitive half_cdf (gauss m s) _ _ half_cdf_derive gauss_cont half_cdf_lim_m half_cdf_lim_p).
Qed.

Lemma centred_cont x : continuous (fun y => (y - m) * gauss m s y) x.
Proof.
  apply (ex_derive_continuous (V := R_NormedModule)). apply (ex_derive_mult (fun y => y - m)).
  - auto_derive. easy.
  - eexists. apply gauss_derive_x. lra.
Qed.

Lemma centred_zero : over_the_line (fun x => (x - m) * gauss m s x) 0.
Proof.
  replace 0 with (- (s * s) * 0 - - (s * s) * 0) by ring.
  apply (by_primitive (fun x => - (s * s) * gauss m s x)).
  - intros x. eapply is_derive_eq.
    + apply (is_derive_scal (gauss m s)). apply gauss_derive_x. lra.
    + field. lra.
  - exact centred_cont.
  - apply lim_times, gauss_lim_m.
  - apply lim_times, gauss_lim_p.
Qed.

(* An affine function has the mean of its values: E[a + b x] = a + b m. *)
Theorem gauss_mean a b : over_the_line (fun x => (a + b * x) * gauss m s x) (a + b * m).
Proof.
  unfold over_the_line.
  apply is_RInt_gen_ext with
    (fun x => plus (scal (a + b * m) (gauss m s x)) (scal b ((x - m) * gauss m s x))).
  { apply filter_forall. intros ab x _. unfold plus, scal; simpl; unfold mult; simpl. ring. }
  refine (eq_ind (plus (scal (a + b * m) 1) (scal b 0)) (fun l => is_RInt_gen _ _ _ l) _ _ _);
    [|unfold plus, scal; simpl; unfold mult; simpl; ring].
  apply (is_RInt_gen_plus (V := R_NormedModule)); apply (is_RInt_gen_scal (V := R_NormedModule)).
  - exact gauss_total.
  - exact centred_zero.
Qed.

(* E[(x - m)^2] = s^2. *)
Theorem gauss_variance : over_the_line (fun x => (x - m) * (x - m) * gauss m s x) (s * s).
Proof.
  replace (s * s) with ((- (s * s) * 0 + s * s * (1 / 2)) - (- (s * s) * 0 + s * s * (- (1 / 2)))) by field.
  apply (by_primitive (fun x => - (s * s) * ((x - m) * gauss m s x) + s * s * half_cdf x)).
  - intros x. eapply is_derive_eq.
    + apply (is_derive_plus (fun x => - (s * s) * ((x - m) * gauss m s x)) (fun x => s * s * half_cdf x)).
      * apply (is_derive_scal (fun x => (x - m) * gauss m s x)).
        apply (is_derive_mult (fun x => x - m) (gauss m s)).
        -- instantiate (1 := 1). auto_derive; [easy|ring].
        -- apply gauss_derive_x. lra.
        -- intros; apply Rmult_comm.
      * apply (is_derive_scal half_cdf). apply half_cdf_derive.
    + unfold plus, mult; simpl. field. lra.
  - intros x. apply (continuous_ext (fun y => (y - m) * ((y - m) * gauss m s y))).
    + intros y. apply eq_sym, Rmult_assoc.
    + apply (continuous_mult (K := R_AbsRing) (fun y => y - m) (fun y => (y - m) * gauss m s y)).
      * apply (ex_derive_continuous (V := R_NormedModule)). auto_derive. easy.
      * apply centred_cont.
  - apply lim_sum; [apply Rbar_locally_filter| |]; apply lim_times; [exact xgauss_lim_m|exact half_cdf_lim_m].
  - apply lim_sum; [apply Rbar_locally_filter| |]; apply lim_times; [exact xgauss_lim_p|exact half_cdf_lim_p].
Qed.
End Line.
